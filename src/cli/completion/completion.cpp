#include "cli/completion/completion.h"
#include "base/text.h"
#include "cli/common.h"
#include "cli/completion/completion_line.h"
#include "cli/rules.h"
#include "config/change.h"
#include "config/config.h"
#include <algorithm>
#include <cctype>
#include <filesystem>

namespace fairlead::cli {
namespace completion {

std::vector<std::string> names_of(const std::vector<Command>& commands) {
    std::vector<std::string> names;
    for (const Command& command : commands) names.push_back(command.name);
    return names;
}

std::vector<std::string> spelled(const Option& option) { // "--env", "-e"
    std::vector<std::string> words = {"--" + option.name};
    if (option.short_name) words.push_back(std::string("-") + option.short_name);
    return words;
}

bool belongs(const Option& option, const std::string& command) {
    return option.of.empty() || std::find(option.of.begin(), option.of.end(), command) != option.of.end();
}

// A word that a shell takes as it is: sh's and zsh's way, in which fish differs for backslashes.
std::string shell_word(std::string_view text) { return "'" + replace_all(text, "'", "'\\''") + "'"; }
std::string shell_words(const std::vector<std::string>& words) {
    std::vector<std::string> all;
    for (const std::string& word : words) all.push_back(shell_word(word));
    return join(all, " ");
}

// The flags whose next word is theirs.
std::vector<std::string> with_values(const Line& line) {
    std::vector<std::string> words;
    for (const Option& option : line.options)
        if (option.takes_value)
            for (std::string& word : spelled(option)) words.push_back(std::move(word));
    return words;
}

std::string filled(std::string text, std::initializer_list<std::pair<const char*, std::string>> values) {
    for (const auto& [name, value] : values) text = replace_all(text, name, value);
    return text;
}

namespace {

// By the placeholder, which says it to the reader as well: FILE, [FORMAT:]FILE, PATH|A..B, but not PATH=VALUE.
Values values_of(const Input& input, const std::string& placeholder) {
    if (!input.allowed.empty()) return Values::words;
    if (input.name == "env" || input.name == "confirm") return Values::environments;
    std::string words = placeholder;
    for (char& c : words)
        if (std::isalpha(static_cast<unsigned char>(c)) == 0 && c != '=') c = ' ';
    const auto parts = split(words, ' ');
    const auto names = [&](const char* what) { return std::find(parts.begin(), parts.end(), what) != parts.end(); };
    if (names("FOLDER")) return Values::folders;
    return names("FILE") || names("PATH") ? Values::files : Values::free;
}

Line line_of(const Spec& spec) {
    Line line{program_name(spec), replace_all(program_name(spec), "-", "_"), {}, {}, {}, {}, {}};
    if (has_rules_word(spec)) line.word = rules_command();
    std::copy_if(spec.commands.begin(), spec.commands.end(), std::back_inserter(line.commands),
                 [](const Command& command) { return !command.hidden; });
    Common common;
    const std::vector<Input> shared = common_inputs(spec, common);
    const std::vector<Flag> flags = all_flags(spec, shared);
    const auto flag_of = [&](const std::string& name) {
        return *std::find_if(flags.begin(), flags.end(), [&](const Flag& flag) { return flag.name == name; });
    };
    for (const auto* inputs : {&spec.inputs, &shared}) {
        for (const Input& input : *inputs) {
            if (!has_flag(input) || is_hidden(spec, input)) continue;
            const Flag flag = flag_of(input.name);
            const std::string placeholder = placeholder_of(input);
            const bool repeats = input.target.type == Type::text_list;
            const Option option{input.name,
                                flag.short_name,
                                flag.takes_value,
                                repeats,
                                placeholder,
                                input.help,
                                values_of(input, placeholder),
                                input.allowed,
                                input.of};
            line.options.push_back(option);
            if (input.positional) line.positional.push_back(option);
        }
    }
    for (const Question& question : questions())
        if (!question.hidden)
            line.options.push_back(
                {.name = question.name, .short_name = flag_of(question.name).short_name, .help = question.help});
    if (spec.tool.empty())
        for (const std::string_view tool : config::built_tools()) line.tools.emplace_back(tool);
    return line;
}

}
}

std::optional<std::string> render_completion(const Spec& spec, std::string_view shell) {
    using namespace completion;
    if (shell == "bash") return bash(line_of(spec));
    if (shell == "zsh") return zsh(line_of(spec));
    if (shell == "fish") return fish(line_of(spec));
    return {};
}

std::string environments_here() {
    std::error_code ignored;
    const config::Change ours; // the words that are typed are ours, whatever job this is
    const auto config = config::load({.folder = std::filesystem::current_path(ignored).string(), .change = &ours});
    if (!config.ok()) return {};
    std::string text;
    for (const std::string& name : config->environments()) {
        const bool plain = std::all_of(name.begin(), name.end(), [](char c) {
            return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '-' || c == '.';
        });
        if (plain && !name.empty() && !name.starts_with('-')) text += name + "\n";
    }
    return text;
}
}
