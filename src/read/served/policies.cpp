#include "read/served/policies.h"
#include "base/text.h"
#include <algorithm>

namespace fairlead::read::served {

namespace {

using PolicyWords = std::vector<std::string>;

bool holds_word(const PolicyWords& words, std::string_view word) {
    return std::find(words.begin(), words.end(), word) != words.end();
}

// What restricts something: those of Level 3 (6), of Trusted Types, and those that upgrade or block http.
const std::vector<std::string>& restricting_directives() {
    static const auto names =
        split("base-uri block-all-mixed-content child-src connect-src default-src fenced-frame-src font-src "
              "form-action frame-ancestors frame-src img-src manifest-src media-src object-src prefetch-src "
              "require-trusted-types-for sandbox script-src script-src-attr script-src-elem style-src style-src-attr "
              "style-src-elem trusted-types upgrade-insecure-requests worker-src",
              ' ');
    return names;
}

bool is_ascii(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

PolicyWords words_of_directive(std::string_view text) {
    constexpr std::string_view space = " \t\r\n\f"; // ASCII whitespace
    PolicyWords words;
    for (auto at = text.find_first_not_of(space); at != text.npos; at = text.find_first_not_of(space, at)) {
        const auto end = std::min(text.find_first_of(space, at), text.size());
        words.push_back(lower(text.substr(at, end - at)));
        at = end;
    }
    return words;
}

}

// 2.2.1 and 2.2.2
std::vector<Policy> policies(const Answer& answer) {
    std::vector<Policy> all;
    for (const auto& header : answer.values("Content-Security-Policy"))
        for (const auto& text : split(header, ',')) {
            Policy policy;
            for (const auto& directive : split(text, ';')) {
                auto words = words_of_directive(directive);
                if (words.empty() || !is_ascii(directive)) continue;
                const auto name = words.front();
                words.erase(words.begin());
                policy.emplace(name, std::move(words));
            }
            if (!policy.empty()) all.push_back(std::move(policy));
        }
    return all;
}

bool restricts(const Policy& policy) {
    const auto& names = restricting_directives();
    return std::any_of(names.begin(), names.end(), [&](const std::string& name) { return policy.contains(name); });
}

bool knows_directive(const Policy& policy) {
    return restricts(policy) || policy.contains("report-uri") || policy.contains("report-to");
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
