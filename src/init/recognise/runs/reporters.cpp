#include "init/recognise/runs/reporters.h"
#include "base/text.h"
#include <algorithm>

namespace fairlead::init {

namespace {

struct Token {
    std::size_t begin = 0, end = 0;
    std::string word; // without quotes
};

std::vector<Token> tokens_of(std::string_view text) {
    std::vector<Token> tokens;
    for (std::size_t i = 0; i < text.size();) {
        if (text[i] == ' ' || text[i] == '\t') {
            ++i;
            continue;
        }
        Token token{i, i, {}};
        char quote = 0;
        for (; i < text.size() && (quote != 0 || (text[i] != ' ' && text[i] != '\t')); ++i) {
            if (quote == 0 && (text[i] == '"' || text[i] == '\''))
                quote = text[i];
            else if (text[i] == quote)
                quote = 0;
            else
                token.word += text[i];
        }
        token.end = i;
        tokens.push_back(std::move(token));
    }
    return tokens;
}

}

TakenOptions take_option(const std::string& text, const std::vector<std::string_view>& names, bool with_value) {
    TakenOptions taken;
    const auto tokens = tokens_of(text);
    std::size_t kept = 0; // everything before it is in taken.text
    const auto drop = [&](std::size_t begin, std::size_t end) {
        taken.text += text.substr(kept, begin - kept);
        while (taken.text.ends_with(' ')) taken.text.pop_back();
        kept = end;
    };
    for (std::size_t i = 0; i < tokens.size(); ++i) {
        const auto& word = tokens[i].word;
        const auto name = std::find_if(names.begin(), names.end(), [&](std::string_view one) {
            return word == one || (word.starts_with(one) && word.size() > one.size() && word[one.size()] == '=');
        });
        if (name == names.end()) continue;
        const bool joined = word.size() > name->size();
        const bool apart = with_value && !joined && i + 1 < tokens.size() && !tokens[i + 1].word.starts_with('-');
        taken.values.push_back(joined ? word.substr(name->size() + 1) : apart ? tokens[i + 1].word : "");
        drop(tokens[i].begin, tokens[apart ? i + 1 : i].end);
        if (apart) ++i;
    }
    taken.text += text.substr(kept);
    return taken;
}

std::size_t find_word(std::string_view text, std::string_view word) {
    for (const auto& token : tokens_of(text))
        if (token.word == word) return token.begin;
    return text.npos;
}

NodeReporters with_node_reporters(const std::string& whole, const std::string& junit, const std::string& lcov) {
    const auto reporters = take_option(whole, {"--test-reporter"}, true);
    const auto places = take_option(reporters.text, {"--test-reporter-destination"}, true);
    auto targets = places.values;
    // One alone may be without a destination; of several each needs its own, or node itself ends.
    if (targets.empty() && reporters.values.size() == 1) targets.emplace_back("stdout");
    NodeReporters told{places.text, {}, {}};
    std::string flags;
    const auto add = [&](const std::string& reporter, const std::string& target) {
        flags += " --test-reporter=" + reporter + " --test-reporter-destination=" + target;
    };
    if (targets.size() == reporters.values.size())
        for (std::size_t i = 0; i < targets.size(); ++i) {
            const bool file = targets[i] != "stdout" && targets[i] != "stderr";
            if (file && reporters.values[i] == "junit") told.junit = targets[i];
            if (file && reporters.values[i] == "lcov") told.lcov = targets[i];
            add(reporters.values[i], targets[i]);
        }
    if (flags.empty()) add("spec", "stdout");
    if (told.junit.empty()) add("junit", told.junit = junit);
    if (find_word(told.text, "--experimental-test-coverage") == told.text.npos)
        flags += " --experimental-test-coverage";
    if (told.lcov.empty()) add("lcov", told.lcov = lcov);
    const auto place = find_word(told.text, "--test");
    told.text.insert(place == told.text.npos ? told.text.size() : place + 6, flags);
    return told;
}

}
