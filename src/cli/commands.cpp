#include "cli/commands.h"
#include "base/text.h"
#include "cli/common.h"
#include "cli/inputs.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::cli {
namespace {

const Command* find_command(const Spec& spec, std::string_view name) {
    const auto found = std::find_if(spec.commands.begin(), spec.commands.end(),
                                    [&](const Command& command) { return command.name == name; });
    return found == spec.commands.end() ? nullptr : &*found;
}

bool takes_words(const Spec& spec, const std::string& command) {
    return std::any_of(spec.inputs.begin(), spec.inputs.end(),
                       [&](const Input& input) { return input.positional && belongs(input, command); });
}

Error unknown_command(const Spec& spec, const std::string& word) {
    const auto known = command_input(spec)->allowed;
    const auto near = nearest(word, known);
    if (!near.empty()) return usage(fmt::format("command '{}' is unknown; did you mean '{}'?", word, near));
    std::string message = fmt::format("command '{}' is unknown; expected {}", word, one_of(known));
    if (takes_words(spec, known.front()))
        message += fmt::format("; other words follow the command: {} {} {}", program_name(spec), known.front(), word);
    if (spec.needs_environment) message += "; --env names an environment";
    return usage(message);
}

Error not_for(const Spec& spec, const Input& input, const std::string& given) {
    return usage(fmt::format("{} has no meaning for '{}'; it belongs to {}", given, *spec.command, one_of(input.of)));
}

// Set by the workflow's author, not by the action's own default.
std::string given_input(const Spec& spec, const Input& input, const sys::Environment& variables) {
    if (!input.action_default.empty()) return {};
    for (const auto& name : variable_names(spec.tool, input.name)) {
        if (!name.starts_with("INPUT_")) continue;
        const auto value = variables.get(name);
        // Booleans come as "false" from a workflow that writes every input down.
        if (value && !trim(*value).empty() && !(is_boolean(input) && trim(*value) == "false")) return name;
    }
    return {};
}

}

Result<void> choose_command(const Spec& spec, Words& words, const sys::Environment& variables,
                            std::map<std::string, std::string>& origins) {
    const auto input = command_input(spec);
    if (!input) return {};
    *spec.command = input->allowed.front();
    if (!words.words.empty()) {
        const auto word = words.words.front();
        if (!find_command(spec, word)) return unknown_command(spec, word);
        words.words.erase(words.words.begin());
        origins["command"] = "the command line";
        *spec.command = word;
        return {};
    }
    Input text = *input; // the judgement is ours: it knows what is near
    text.allowed.clear();
    TRY_VOID(fill(spec.tool, {text}, {{}, variables, {}}, origins));
    const auto& allowed = input->allowed;
    if (std::find(allowed.begin(), allowed.end(), *spec.command) != allowed.end()) return {};
    Error error = unknown_command(spec, *spec.command);
    error.message += fmt::format(" (from {})", origins["command"]);
    return error;
}

const Command* chosen_command(const Spec& spec) { return spec.command ? find_command(spec, *spec.command) : nullptr; }

bool belongs(const Input& input, const Spec& spec) { return !spec.command || belongs(input, *spec.command); }

bool belongs(const Input& input, const std::string& command) {
    return input.of.empty() || std::find(input.of.begin(), input.of.end(), command) != input.of.end();
}

bool asks_help(const Spec& spec, const Words& words) {
    const bool by_word = !spec.commands.empty() && !words.words.empty() && words.words.front() == "help";
    return by_word || words.flags.contains("help");
}

Result<const Command*> asked_command(const Spec& spec, const Words& words) {
    const auto input = command_input(spec);
    const auto word = std::find_if(words.words.begin(), words.words.end(), [](auto& one) { return one != "help"; });
    if (!input || word == words.words.end()) return nullptr;
    const auto* const command = find_command(spec, *word);
    if (!command) return unknown_command(spec, *word);
    return command;
}

Result<void> refuse_blank(const Spec& spec, const Words& words, const sys::Environment& variables) {
    for (const Input& input : spec.inputs) {
        if (input.blank.empty() || !belongs(input, spec) || words.flags.contains(input.name)) continue;
        std::string blank;
        bool given = false;
        for (const auto& name : variable_names(spec.tool, input.name)) {
            const auto set = variables.all().find(name);
            if (set == variables.all().end()) continue;
            given = given || !trim(set->second).empty();
            if (blank.empty()) blank = name;
        }
        if (!given && !blank.empty()) return usage(fmt::format("{} is set but empty; {}", blank, input.blank));
    }
    return {};
}

Result<void> refuse_foreign(const Spec& spec, const std::vector<Input>& shared, const Words& words,
                            const sys::Environment& variables) {
    for (const auto* inputs : {&spec.inputs, &shared}) {
        for (const Input& input : *inputs) {
            if (belongs(input, spec)) continue;
            if (words.flags.contains(input.name)) return not_for(spec, input, "--" + input.name);
            if (const auto name = given_input(spec, input, variables); !name.empty()) return not_for(spec, input, name);
        }
    }
    const Command* command = chosen_command(spec);
    if (command && !command->reads_config)
        for (const auto* name : {"config", "env"})
            if (!is_own(spec, name) && words.flags.contains(name))
                return usage(fmt::format("--{} has no meaning for '{}', which reads no fairlead.yml; leave it out",
                                         name, command->name));
    const bool taken = std::any_of(spec.inputs.begin(), spec.inputs.end(),
                                   [&](const Input& input) { return input.positional && belongs(input, spec); });
    if (words.words.empty() || taken) return {};
    const std::string who = spec.command ? "'" + *spec.command + "'" : program_name(spec);
    return usage(fmt::format("{} takes no argument '{}'; --help shows the arguments", who, words.words.front()));
}

}
