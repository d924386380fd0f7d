#include "base/text.h"
#include "cli/completion/completion_line.h"
#include <algorithm>

namespace fairlead::cli::completion {
namespace {

constexpr const char* fish_script =
    R"sh(# Completion of @PROGRAM@ for fish; rendered from its declaration, not to be edited.

# The command that is typed; status 1: none yet.
function __@ID@_command
    set -l words (commandline -opc)
    set -e words[1]
    set -l skip 0
    for word in $words
        if test $skip = 1
            set skip 0
            continue
        end
        switch $word
            case @WITH_VALUES@
                set skip 1
            case '-*'
            case '*'
                echo -- $word
                return 0
        end
    end
    return 1
end

function __@ID@_says
    contains -- (__@ID@_command; or echo '') $argv
end

complete -c @PROGRAM@ -f
)sh";

constexpr const char* fish_tools = R"sh(
function __fairlead_tool
    __fairlead_says @TOOLS@
end

function __fairlead_of_tool
    set -l words (commandline -opc)
    complete -C "fairlead-"(string join ' ' -- (string escape -- $words[2..]) (commandline -ct))
end

complete -c fairlead -n __fairlead_tool -a '(__fairlead_of_tool)'
)sh";

std::string fish_quoted(std::string_view text) {
    return "'" + replace_all(replace_all(text, "\\", "\\\\"), "'", "\\'") + "'";
}

std::string fish_values(const Line& line, const Option& option) {
    switch (option.values) {
    case Values::free: return " -x";
    case Values::words: return " -x -a " + fish_quoted(join(option.words, " "));
    case Values::files: return " -r -F";
    case Values::folders: return " -x -a '(__fish_complete_directories)'";
    case Values::environments: return " -x -a '(command " + line.program + " --render environments 2>/dev/null)'";
    }
    return {};
}

}

std::string fish(const Line& line) {
    std::vector<std::string> skipped;
    for (const std::string& word : with_values(line)) skipped.push_back(word);
    std::string text = filled(
        fish_script, {{"@PROGRAM@", line.program}, {"@ID@", line.identifier}, {"@WITH_VALUES@", join(skipped, " ")}});
    if (!line.tools.empty()) text += filled(fish_tools, {{"@TOOLS@", join(line.tools, " ")}});
    const std::string begin = "complete -c " + line.program;
    const auto says = [&](const std::vector<std::string>& commands) {
        return " -n " + fish_quoted("__" + line.identifier + "_says " + shell_words(commands));
    };
    const auto names = names_of(line.commands);
    const auto offer = [&](const std::string& name, const std::string& help) {
        text += begin + says({""}) + " -a " + name + " -d " + fish_quoted(help) + "\n";
    };
    for (const Command& command : line.commands) offer(command.name, command.help);
    if (!line.word.name.empty()) offer(line.word.name, line.word.help);
    if (!names.empty()) offer("help", std::string(help_of_help));
    for (const std::string& tool : line.tools) offer(tool, "The same as fairlead-" + tool + ".");
    for (const Command& command : line.commands)
        text += begin + says({"help"}) + " -a " + command.name + " -d " + fish_quoted(command.help) + "\n";
    if (!line.tools.empty()) text += begin + says({"help"}) + " -a " + fish_quoted(join(line.tools, " ")) + "\n";
    for (const Option& option : line.options) {
        auto commands = option.of.empty() ? names : option.of;
        if (!names.empty() && belongs(option, names.front())) commands.insert(commands.begin(), ""); // the default
        text += begin + (names.empty() ? "" : says(commands));
        if (option.short_name) text += std::string(" -s ") + option.short_name;
        text += " -l " + option.name + (option.takes_value ? fish_values(line, option) : "");
        text += " -d " + fish_quoted(option.help) + "\n";
    }
    for (const Option& option : line.positional) {
        if (option.values == Values::files || option.values == Values::folders)
            text += begin + (names.empty() ? "" : says(option.of.empty() ? names : option.of)) + " -F\n";
    }
    return text;
}

}
