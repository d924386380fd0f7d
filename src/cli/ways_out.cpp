#include "cli/ways_out.h"
#include "base/shell.h"
#include "cli/commands.h"
#include "cli/common.h"
#include <algorithm>
#include <fmt/format.h>

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

constexpr std::string_view elsewhere = "in the folder of fairlead.yml: ";

// Calls `add` with each command of this tool and the text behind it; it returns what comes between them, and may cut
// the text.
template <typename Add>
std::string after_commands(std::string_view text, const Spec& spec, Add add) {
    const auto program = program_name(spec) + " ";
    std::string all;
    for (auto at = text.find(program); at != text.npos; at = text.find(program)) {
        const bool is_whole = at == 0 || letters.find(text[at - 1]) == letters.npos;
        const auto begin = at + program.size();
        const auto end = std::min(text.find_first_not_of(letters, begin), text.size());
        all += text.substr(0, end);
        const auto command = text.substr(begin, end - begin);
        const bool is_ours = is_whole && is_command(spec, command) && !text.substr(0, at).ends_with(elsewhere);
        text = text.substr(end);
        if (is_ours) all += add(command, text);
    }
    return all.append(text);
}

}

std::string with_environment(std::string_view text, const Spec& spec, std::string_view environment,
                             std::string_view config) {
    return after_commands(text, spec, [&](std::string_view, std::string_view rest) {
        std::string added;
        if (!config.empty() && words_of(rest).find("--config") == rest.npos) added = " --config " + shell_word(config);
        if (!environment.empty() && !names_environment(rest)) added += " --env " + std::string(environment);
        return added;
    });
}

std::string instead_of_environment(std::string_view text, const Spec& spec, std::string_view input,
                                   std::string_view value) {
    const auto option = fmt::format(" --{} {}", input, shell_word(value));
    const auto taken =
        std::find_if(spec.inputs.begin(), spec.inputs.end(), [&](const Input& one) { return one.name == input; });
    return after_commands(text, spec, [&](std::string_view command, std::string_view& rest) {
        if (taken == spec.inputs.end() || !belongs(*taken, std::string(command))) return std::string();
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
