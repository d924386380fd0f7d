#include "read/shell/shell_program.h"
#include "base/path.h"
#include <algorithm>

namespace fairlead::read {

namespace {

constexpr std::string_view shells[] = {"sh", "bash", "ash", "dash", "zsh", "ksh"};

// Programs that run another: options that take a word of their own, and how many words come before that other.
struct Prefix {
    std::string_view name, with_value;
    int operands;
};
constexpr Prefix prefixes[] = {
    {"sudo", "ugpCDhRTrt", 0}, {"doas", "uC", 0},     {"env", "uCS", 0},
    {"exec", "a", 0},          {"nice", "n", 0},      {"ionice", "cnp", 0},
    {"nohup", "", 0},          {"time", "fo", 0},     {"command", "", 0},
    {"builtin", "", 0},        {"eatmydata", "", 0},  {"gosu", "", 1},
    {"su-exec", "", 1},        {"timeout", "ks", 1},  {"xargs", "adEeIiLlnPs", 0},
    {"tini", "pe", 0},         {"dumb-init", "r", 0}, {"stdbuf", "ioe", 0},
    {"setpriv", "", 0},        {"catatonit", "", 0},
};

// The word behind the options that begin at `at`; NAME=value of env are assignments.
std::size_t behind_options(Command& command, std::size_t at, const Prefix& prefix) {
    const auto& words = command.words;
    for (; at < words.size(); ++at) {
        const std::string_view word = words[at].text;
        const auto equals = word.find('=');
        if (word == "--") return at + 1;
        if (prefix.name == "env" && equals != npos && is_shell_name(word.substr(0, equals))) {
            ShellWord value = words[at];
            value.text = word.substr(equals + 1);
            command.assignments.push_back({std::string(word.substr(0, equals)), std::move(value)});
        } else if (word.size() < 2 || word.front() != '-') {
            return at;
        } else if (word.size() == 2 && prefix.with_value.find(word[1]) != npos) {
            ++at;
        }
    }
    return at;
}

}

bool is_shell_name(std::string_view text) {
    const auto letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; };
    return !text.empty() && letter(text.front()) &&
           std::all_of(text.begin(), text.end(), [&](char c) { return letter(c) || (c >= '0' && c <= '9'); });
}

bool is_shell(std::string_view program) {
    return std::find(std::begin(shells), std::end(shells), file_name(program)) != std::end(shells);
}

void find_program(Command& command) {
    for (std::size_t at = 0; at < command.words.size();) {
        const std::string_view name = file_name(command.words[at].text);
        const auto prefix =
            std::find_if(std::begin(prefixes), std::end(prefixes), [&](const Prefix& one) { return one.name == name; });
        if (prefix == std::end(prefixes)) break;
        const bool asks = name == "command" && at + 1 < command.words.size() &&
                          command.words[at + 1].text.size() == 2 && command.words[at + 1].text.front() == '-' &&
                          command.words[at + 1].text[1] != 'p';
        const std::size_t next = behind_options(command, at + 1, *prefix) + static_cast<std::size_t>(prefix->operands);
        if (asks || next >= command.words.size()) break;
        command.program = at = next;
    }
}

std::size_t script_word(const Command& command) {
    if (!is_shell(command.name())) return npos;
    for (std::size_t at = command.program + 1; at < command.words.size(); ++at) {
        const std::string_view word = command.words[at].text;
        if (word.size() < 2 || (word.front() != '-' && word.front() != '+')) return npos;
        if (word[1] == '-') continue;
        if (word.front() == '-' && word.find('c') != npos) {
            std::size_t script = at + 1;
            if (word.back() == 'o') ++script; // -ceo pipefail
            return script < command.words.size() ? script : npos;
        }
        if (word.back() == 'o') ++at; // -o pipefail, -euo pipefail
    }
    return npos;
}

}
