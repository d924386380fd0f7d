#include "cli/ways_out.h"
#include "cli/common.h"
#include <algorithm>

namespace fairlead::cli {

namespace {

constexpr std::string_view letters = "abcdefghijklmnopqrstuvwxyz-";

bool is_command(const Spec& spec, std::string_view word) {
    return std::any_of(spec.commands.begin(), spec.commands.end(),
                       [&](const Command& one) { return one.name == word && one.reads_config; });
}

// The words of a command that begins here.
std::string_view words_of(std::string_view rest) { return rest.substr(0, rest.find_first_of("\n;`")); }

bool names_environment(std::string_view rest) {
    const auto words = words_of(rest);
    return words.find(" -e ") != words.npos || words.find("--env") != words.npos;
}

// Calls `add` with the text behind each command of this tool; it returns what comes between the command and that text,
// and may cut the text.
template <typename Add>
std::string after_commands(std::string_view text, const Spec& spec, Add add) {
    const auto program = program_name(spec) + " ";
    std::string all;
    for (auto at = text.find(program); at != text.npos; at = text.find(program)) {
        const bool is_whole = at == 0 || letters.find(text[at - 1]) == letters.npos;
        const auto begin = at + program.size();
        const auto end = std::min(text.find_first_not_of(letters, begin), text.size());
        all += text.substr(0, end);
        const bool is_ours = is_whole && is_command(spec, text.substr(begin, end - begin));
        text = text.substr(end);
        if (is_ours) all += add(text);
    }
    return all.append(text);
}

}

std::string with_environment(std::string_view text, const Spec& spec, std::string_view environment) {
    return after_commands(text, spec, [&](std::string_view rest) {
        return names_environment(rest) ? std::string() : " --env " + std::string(environment);
    });
}

std::string instead_of_environment(std::string_view text, const Spec& spec, std::string_view option) {
    return after_commands(text, spec, [&](std::string_view& rest) {
        const auto words = words_of(rest);
        if (words.find(option) != words.npos) return std::string();
        constexpr std::string_view env = " --env ";
        const auto at = words.find(env);
        if (at == words.npos) return std::string(option);
        auto before = std::string(rest.substr(0, at)) + std::string(option);
        rest = rest.substr(std::min(words.find_first_of(" ,.)", at + env.size()), words.size()));
        return before;
    });
}

}
