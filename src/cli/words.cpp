#include "cli/words.h"
#include "base/text.h"
#include <CLI/CLI.hpp>
#include <fmt/format.h>

// The one file that includes CLI11. It finds flags and their values; names, types and messages are ours.
namespace fairlead::cli {
namespace {

Error unknown_flag(const std::string& word, std::span<const Flag> flags) {
    const std::string given = word.substr(0, word.find('='));
    std::vector<std::string> known;
    for (const Flag& flag : flags)
        if (!flag.hidden) known.push_back("--" + flag.name);
    const std::string near = nearest(given, known);
    if (near.empty()) return usage(fmt::format("flag {} is unknown; --help lists all flags", given));
    return usage(fmt::format("flag {} is unknown; did you mean {}?", given, near));
}

// CLI11 takes the next word as the value of `--flag=`: say aloud that it is empty.
std::vector<std::string> with_empty_values(const std::vector<std::string>& arguments) {
    std::vector<std::string> result;
    bool flags_end = false;
    for (const std::string& word : arguments) {
        flags_end = flags_end || word == "--";
        if (!flags_end && word.size() > 3 && word.starts_with("--") && word.find('=') == word.size() - 1) {
            result.push_back(word.substr(0, word.size() - 1));
            result.emplace_back();
        } else {
            result.push_back(word);
        }
    }
    return result;
}

void declare(::CLI::App& app, const Flag& flag) {
    const std::string names = (flag.short_name ? fmt::format("-{},", flag.short_name) : "") + "--" + flag.name;
    auto* option = flag.takes_value ? app.add_option(names)->expected(1)->allow_extra_args(false) : app.add_flag(names);
    option->multi_option_policy(::CLI::MultiOptionPolicy::TakeAll);
}

}

Result<Words> split_words(std::span<const Flag> flags, std::vector<std::string> arguments) {
    ::CLI::App app;
    app.set_help_flag("");
    app.allow_extras();
    for (const Flag& flag : flags) declare(app, flag);
    std::vector<std::string> reversed = with_empty_values(arguments);
    std::reverse(reversed.begin(), reversed.end());
    try {
        app.parse(reversed);
    } catch (const ::CLI::Error&) { // only a last flag without its value is left to fail
        const std::string last = arguments.empty() ? "" : arguments.back();
        return usage(fmt::format("flag {} needs a value; write {} VALUE", last, last));
    }
    Words result;
    for (const Flag& flag : flags) {
        const auto* option = app.get_option("--" + flag.name);
        if (option->count() > 0) result.flags[flag.name] = option->results();
    }
    bool flags_end = false;
    for (const std::string& word : app.remaining()) {
        if (!flags_end && word == "--") {
            flags_end = true;
        } else if (!flags_end && word.size() > 1 && word[0] == '-') {
            return unknown_flag(word, flags);
        } else {
            result.words.push_back(word);
        }
    }
    return result;
}

}
