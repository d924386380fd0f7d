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

bool names_environment(std::string_view rest) {
    const auto words = rest.substr(0, rest.find_first_of("\n;`"));
    return words.find(" -e ") != words.npos || words.find("--env") != words.npos;
}

}

std::string with_environment(std::string_view text, const Spec& spec, std::string_view environment) {
    const auto program = program_name(spec) + " ";
    std::string all;
    for (auto at = text.find(program); at != text.npos; at = text.find(program)) {
        const bool is_whole = at == 0 || letters.find(text[at - 1]) == letters.npos;
        const auto begin = at + program.size();
        const auto end = std::min(text.find_first_not_of(letters, begin), text.size());
        all += text.substr(0, end);
        const auto rest = text.substr(end);
        if (is_whole && is_command(spec, text.substr(begin, end - begin)) && !names_environment(rest))
            all.append(" --env ").append(environment);
        text = rest;
    }
    return all.append(text);
}

}
