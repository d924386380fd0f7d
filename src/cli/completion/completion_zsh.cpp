#include "base/text.h"
#include "cli/completion/completion_line.h"
#include <algorithm>

namespace fairlead::cli::completion {
namespace {

constexpr const char* zsh_script = R"sh(#compdef @PROGRAM@
# Completion of @PROGRAM@ for zsh; rendered from its declaration, not to be edited.

_@PROGRAM@_environments() {
  local expl
  local -a names=(${(f)"$(command @PROGRAM@ --render environments 2>/dev/null)"})
  _wanted environments expl environment compadd -a names
}

_@PROGRAM@_commands() {
  local -a list=(
@LIST@  )
  _describe -t commands command list
}

_@PROGRAM@() {
  local word command= skip=
  local -a specs
@TOOLS@  for word in "${(@)words[2,CURRENT-1]}"; do
    if [[ -n $skip ]]; then
      skip=
      continue
    fi
    case $word in
      (@WITH_VALUES@) skip=1 ;;
      (-*) ;;
      (*) command=$word; break ;;
    esac
  done
  case $command in
@FLAGS@  esac
  case $command in
@COMMANDS@  esac
  _arguments -s -S : $specs
}

_@PROGRAM@ "$@"
)sh";

constexpr const char* zsh_tools = R"sh(  if (( CURRENT > 2 )) && [[ $words[2] == (@TOOLS@) ]]; then
    words=("fairlead-$words[2]" "${(@)words[3,-1]}")
    (( CURRENT-- ))
    _normal
    return
  fi
)sh";

std::string zsh_text(std::string_view text, std::string_view special) {
    std::string result;
    for (const char c : text) {
        if (c == '\\' || special.find(c) != std::string_view::npos) result += '\\';
        result += c;
    }
    return result;
}

// ":message:action" of _arguments.
std::string zsh_value(const Line& line, const Option& option) {
    const auto action = [&]() -> std::string {
        switch (option.values) {
        case Values::free: return " ";
        case Values::words: return "(" + join(option.words, " ") + ")";
        case Values::files: return "_files";
        case Values::folders: return "_files -/";
        case Values::environments: return "_" + line.program + "_environments";
        }
        return {};
    };
    return ":" + zsh_text(option.placeholder, ":") + ":" + action();
}

// The first word may be the one that stands alone, or what the other words are.
std::string zsh_first(const Line& line) {
    std::string others;
    for (const Option& option : line.positional) {
        if (option.values == Values::files) others += "; _files";
        if (option.values == Values::folders) others += "; _files -/";
    }
    return shell_word("1: :{ compadd -- " + line.word.name + others + " }");
}

std::string zsh_specs(const Line& line, const std::string& command) {
    std::string text;
    for (const Option& option : line.options) {
        if (!belongs(option, command)) continue;
        const std::string rest =
            "[" + zsh_text(option.help, "[]") + "]" + (option.takes_value ? zsh_value(line, option) : "");
        const bool alone = !option.repeats && option.short_name;
        const std::string before = option.repeats ? "*"
                                   : alone        ? std::string("(-") + option.short_name + " --" + option.name + ")"
                                                  : "";
        text += "      " + shell_word(before + "--" + option.name + (option.takes_value ? "=" : "") + rest) + "\n";
        if (option.short_name)
            text +=
                "      " + shell_word(before + "-" + option.short_name + (option.takes_value ? "+" : "") + rest) + "\n";
    }
    return text;
}

}

std::string zsh(const Line& line) {
    std::string list, flags, commands, tools;
    const auto names = names_of(line.commands);
    const auto listed = [&](const std::string& name, std::string_view help) {
        list += "    " + shell_word(zsh_text(name, ":") + ":" + std::string(help)) + "\n";
    };
    for (const Command& command : line.commands) listed(command.name, command.help);
    if (!names.empty()) listed("help", std::string(help_of_help));
    for (const std::string& tool : line.tools) listed(tool, "The same as fairlead-" + tool + ".");
    const auto positional = [&](const std::string& command) {
        std::string specs;
        for (const Option& option : line.positional)
            if (belongs(option, command))
                specs += " " + shell_word((option.repeats ? "*" : names.empty() ? "1" : "2") + zsh_value(line, option));
        return specs;
    };
    const std::string ask = "_" + line.program + "_commands";
    for (std::size_t i = 0; i < names.size(); ++i) {
        flags +=
            "    (" + (i == 0 ? "''|" + names[i] : names[i]) + ") specs=(\n" + zsh_specs(line, names[i]) + "    ) ;;\n";
        commands += "    (" + names[i] + ") specs+=('1: : '" + positional(names[i]) + ") ;;\n";
    }
    if (names.empty()) {
        flags += "    (*) specs=(\n" + zsh_specs(line, "") + "    ) ;;\n";
        if (!line.word.name.empty()) commands += "    ('') specs+=(" + zsh_first(line) + positional("") + ") ;;\n";
        commands += "    (*) specs+=(" + positional("") + ") ;;\n";
    } else {
        commands += "    ('') specs+=('1:command:" + ask + "') ;;\n";
        commands += "    (help) specs+=('1: : ' '2:command:" + ask + "') ;;\n";
    }
    if (!line.tools.empty()) tools = filled(zsh_tools, {{"@TOOLS@", join(line.tools, "|")}});
    return filled(zsh_script, {{"@PROGRAM@", line.program},
                               {"@LIST@", list},
                               {"@TOOLS@", tools},
                               {"@WITH_VALUES@", join(with_values(line), "|")},
                               {"@FLAGS@", flags},
                               {"@COMMANDS@", commands}});
}
}
