// What a manifest's command holds of secrets is copied into no file that is committed.
#include "base/secrets/credentials.h"
#include "base/text.h"
#include "init/recognise/recogniser.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::init {

namespace {

bool is_option(const std::string& word) { return word.size() > 1 && word.starts_with('-'); }

std::string name_in(const std::string& word) {
    const auto begin = std::min(word.find_first_not_of('-'), word.size());
    return word.substr(begin, std::min(word.find('='), word.size()) - begin);
}

// --token x, --token=x, TOKEN=x, redis://:x@host: without the option that it would be given to.
std::vector<std::string> without_secrets(const std::vector<std::string>& words, std::vector<std::string>& names) {
    std::vector<std::string> kept;
    for (const auto& word : words) {
        const auto equal = word.find('=');
        const bool behind = !kept.empty() && is_option(kept.back()) && kept.back().find('=') == word.npos;
        const bool apart = behind && !is_option(word) && is_secret(name_in(kept.back()), word);
        const bool joined = equal != word.npos && is_secret(name_in(word), word.substr(equal + 1));
        const auto value = word.substr(equal == word.npos ? 0 : equal + 1);
        const bool bare = holds_credentials(word) || is_token(value); // whatever its name is
        if (!apart && !joined && !bare) {
            kept.push_back(word);
            continue;
        }
        const bool named = equal < word.find("://");
        names.push_back(named ? word.substr(0, equal) : behind ? kept.back() : is_token(value) ? "a token" : "a URL");
        if (behind && !is_option(word)) kept.pop_back(); // it was given to that option
    }
    return kept;
}

}

namespace {

// What a shell is given is words, too.
void clean(std::vector<std::string>& words, std::vector<std::string>& names) {
    if (words.size() == 3 && words[0] == "sh" && words[1] == "-c") {
        const auto inner = words_of(words[2]);
        if (const auto kept = without_secrets(inner, names); kept != inner) words[2] = join(kept, " ");
        return;
    }
    words = without_secrets(words, names);
}

}

void leave_out_secrets(Component& component) {
    std::vector<std::string> names;
    component.serve = without_secrets(component.serve, names);
    for (auto& one : component.processes)
        for (auto* words : {&one.command, &one.in_image}) {
            std::vector<std::string> again; // in_image has the same
            clean(*words, words == &one.in_image ? again : names);
        }
    for (auto& words : component.released_in_image) {
        std::vector<std::string> again; // `prepare` has the same
        clean(words, again);
    }
    for (auto* step : {&component.install, &component.lint, &component.test, &component.build, &component.prepare}) {
        if (!*step) continue;
        for (auto& words : (*step)->commands) clean(words, names);
        std::erase_if((*step)->variables, [&](const auto& one) {
            const bool secret = is_secret(one.first, one.second) || holds_credentials(one.second);
            if (secret) names.push_back(one.first);
            return secret;
        });
    }
    for (const auto& name : names)
        component.doubts.push_back(
            fmt::format("a command of the project ({}) has a secret, which was left out; pass the secret in a variable "
                        "that env.secrets of fairlead.yml names, and change the secret, because it is in the history",
                        name));
}

}
