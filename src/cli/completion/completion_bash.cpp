#include "base/text.h"
#include "cli/completion/completion_line.h"
#include <algorithm>

namespace fairlead::cli::completion {
namespace {

constexpr const char* bash_script =
    R"sh(# Completion of @PROGRAM@ for bash; rendered from its declaration, not to be edited.
_@ID@() {
    local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]} command='' glued='' ended='' word i
    local -a words=()
    COMPREPLY=()
    # Where = and : are among COMP_WORDBREAKS, as they are by themselves, --flag=value and A:B are three words each.
    case $cur in
    =) cur='' ;;
    :) cur='' prev=${COMP_WORDS[COMP_CWORD - 2]} ;;
    --*=*) glued=${cur%%=*}= prev=${cur%%=*} cur=${cur#*=} ;;
    *) case $prev in
        =) prev=${COMP_WORDS[COMP_CWORD - 2]} ;;
        :) ((COMP_CWORD < 3)) || prev=${COMP_WORDS[COMP_CWORD - 3]} ;;
        esac ;;
    esac
    for ((i = 1; i < COMP_CWORD; i++)); do
        case ${COMP_WORDS[i]} in
        @WITH_VALUES@)
            [[ ${COMP_WORDS[i + 1]} != = ]] || i=$((i + 1))
            i=$((i + 1)) ;;
        :) i=$((i + 1)) ;;
        --) ended=1 ;;
        -*) ;;
        *) [[ $command ]] || command=${COMP_WORDS[i]} ;;
        esac
    done
@TOOLS@    [[ ! $ended ]] || prev=--
    case $prev in
@VALUES@    *)
        case $command in
@COMMANDS@        esac
        if [[ $cur == -* && ! $ended ]]; then
            case $command in
@FLAGS@            esac
        fi ;;
    esac
    case ${words[0]-} in
    /files | /folders)
        compopt -o filenames 2>/dev/null
        i=-f
        [[ ${words[0]} != /folders ]] || i=-d
        mapfile -t COMPREPLY < <(compgen "$i" -- "$cur")
        words=("${words[@]:1}") ;;
    esac
    for word in "${words[@]}"; do
        [[ $word != "$cur"* ]] || COMPREPLY+=("$word")
    done
    COMPREPLY=("${COMPREPLY[@]/#/$glued}")
}
complete -F _@ID@ @PROGRAM@
)sh";

constexpr const char* bash_tools = R"sh(    case ${COMP_WORDS[1]} in
    @TOOLS@)
        if ((COMP_CWORD > 1)); then
            words=("fairlead-${COMP_WORDS[1]}" "${COMP_WORDS[@]:2}")
            local tool=_fairlead_${COMP_WORDS[1]//-/_} COMP_CWORD=$((COMP_CWORD - 1))
            local -a COMP_WORDS=("${words[@]}")
            declare -F "$tool" >/dev/null || . "${BASH_SOURCE[0]%/*}/${words[0]}" 2>/dev/null || return 0
            "$tool"
            return
        fi ;;
    esac
)sh";

// What `words` becomes; /files and /folders stand for what the shell looks up.
std::string bash_words(const Line& line, const Option& option) {
    switch (option.values) {
    case Values::free: return "words=()";
    case Values::words: return "words=(" + shell_words(option.words) + ")";
    case Values::files: return "words=(/files)";
    case Values::folders: return "words=(/folders)";
    case Values::environments:
        return "mapfile -t words < <(command " + line.program + " --render environments 2>/dev/null)";
    }
    return {};
}

std::string bash_flags(const Line& line, const std::string& command) {
    std::vector<std::string> words;
    for (const Option& option : line.options)
        if (belongs(option, command)) words.push_back(shell_word("--" + option.name));
    return "words=(" + join(words, " ") + ")";
}

}

std::string bash(const Line& line) {
    std::string values, commands, flags, tools;
    for (const Option& option : line.options)
        if (option.takes_value)
            values += "    " + join(spelled(option), " | ") + ") " + bash_words(line, option) + " ;;\n";
    const auto positional = [&](const std::string& pattern, const std::string& command) {
        for (const Option& option : line.positional)
            if (belongs(option, command)) commands += "        " + pattern + ") " + bash_words(line, option) + " ;;\n";
    };
    const auto names = names_of(line.commands);
    if (!line.word.name.empty() && line.positional.empty())
        commands += "        '') words=(" + shell_word(line.word.name) + ") ;;\n";
    for (const Option& option : line.positional)
        if (!line.word.name.empty())
            commands +=
                "        '') " + bash_words(line, option) + "; words+=(" + shell_word(line.word.name) + ") ;;\n";
    if (names.empty()) positional("*", "");
    for (const std::string& name : names) positional(name, name);
    if (!names.empty()) {
        auto first = names, after_help = names;
        first.emplace_back("help");
        first.insert(first.end(), line.tools.begin(), line.tools.end());
        after_help.insert(after_help.end(), line.tools.begin(), line.tools.end());
        commands += "        '') words=(" + shell_words(first) + ") ;;\n";
        commands += "        help) words=(" + shell_words(after_help) + ") ;;\n";
    }
    for (std::size_t i = 0; i < names.size(); ++i)
        flags +=
            "            " + (i == 0 ? "'' | " + names[i] : names[i]) + ") " + bash_flags(line, names[i]) + " ;;\n";
    if (names.empty()) flags += "            *) " + bash_flags(line, "") + " ;;\n";
    if (!line.tools.empty()) tools = filled(bash_tools, {{"@TOOLS@", join(line.tools, " | ")}});
    return filled(bash_script, {{"@PROGRAM@", line.program},
                                {"@ID@", line.identifier},
                                {"@WITH_VALUES@", join(with_values(line), " | ")},
                                {"@TOOLS@", tools},
                                {"@VALUES@", values},
                                {"@COMMANDS@", commands},
                                {"@FLAGS@", flags}});
}

}
