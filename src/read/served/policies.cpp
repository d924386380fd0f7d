#include "read/served/policies.h"
#include "base/text.h"
#include <algorithm>

namespace fairlead::read::served {

namespace {

using PolicyWords = std::vector<std::string>;

bool holds_word(const PolicyWords& words, std::string_view word) {
    return std::find(words.begin(), words.end(), word) != words.end();
}

}

std::vector<Policy> policies(const Answer& answer) {
    std::vector<Policy> all;
    for (const auto& header : answer.values("Content-Security-Policy"))
        for (const auto& text : split(header, ',')) {
            Policy policy;
            for (const auto& directive : split(text, ';')) {
                PolicyWords words;
                for (const auto& word : split(trim(std::string_view(directive)), ' '))
                    if (!word.empty()) words.push_back(lower(word));
                if (words.empty()) continue;
                const auto name = words.front();
                words.erase(words.begin());
                policy.emplace(name, std::move(words));
            }
            if (!policy.empty()) all.push_back(std::move(policy));
        }
    return all;
}

bool has_directive(const Answer& answer, std::string_view name) {
    const auto all = policies(answer);
    return std::any_of(all.begin(), all.end(),
                       [&](const Policy& policy) { return policy.contains(std::string(name)); });
}

std::string unsafe_word(const Policy& policy) {
    auto found = policy.find("script-src");
    if (found == policy.end()) found = policy.find("default-src");
    if (found == policy.end()) return "no script-src";
    const PolicyWords& sources = found->second;
    const bool strict = holds_word(sources, "'strict-dynamic'"); // hosts and schemes are ignored then
    const bool named = strict || std::any_of(sources.begin(), sources.end(), [](const std::string& source) {
                           return source.starts_with("'nonce-") || source.starts_with("'sha");
                       });
    if (holds_word(sources, "'unsafe-inline'") && !named) return "'unsafe-inline'";
    if (holds_word(sources, "'unsafe-eval'")) return "'unsafe-eval'";
    if (!strict)
        for (const auto* open : {"*", "http:", "data:"})
            if (holds_word(sources, open)) return open;
    return {};
}

std::string missing_word(const Policy& policy) {
    if (!policy.contains("object-src") && !policy.contains("default-src")) return "object-src";
    return policy.contains("base-uri") ? "" : "base-uri";
}

}
