#include "cli/common.h"
#include "base/text.h"
#include "cli/inputs.h"
#include "report/formats.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::cli {
namespace {

// The flag belongs to the commands of which `has` is true; where there is none it doesn't exist.
void limit_to(std::vector<Input>& inputs, const std::string& name, const Spec& spec, bool Command::*has) {
    if (spec.commands.empty()) return;
    const auto input = std::find_if(inputs.begin(), inputs.end(), [&](const Input& one) { return one.name == name; });
    for (const Command& command : spec.commands)
        if (command.*has) input->of.push_back(command.name);
    if (input->of.empty()) inputs.erase(input);
}

}

std::vector<Input> common_inputs(const Spec& spec, Common& common) {
    std::vector<Input> all = {
        {.name = "config",
         .target = &common.config_file,
         .help = "The configuration file; default: the nearest fairlead.yml in this folder or above it, within the "
                 "repository.",
         .placeholder = "FILE"},
        {.name = "env",
         .target = &common.environment,
         .help = "The section of `environments:` in fairlead.yml that applies.",
         .placeholder = "NAME",
         .short_name = 'e'},
        {.name = "format",
         .target = &common.format,
         .help = "Format of the report on standard output; default text, under GitHub Actions github.",
         .allowed = format_names(spec),
         .placeholder = "FORMAT"},
        {.name = "output",
         .target = &common.output,
         .help = "Further reports, FILE or FORMAT:FILE; the format follows from the extension.",
         .placeholder = "[FORMAT:]FILE"},
        {.name = "dry-run",
         .target = &common.dry_run,
         .help = "Decides and prints all actions in order, but writes only the reports of --output."},
        {.name = "explain", .target = &common.explain, .help = "Says why each decision was made and what was skipped."},
        {.name = "confirm",
         .target = &common.confirm,
         .help = "Repeats the environment's name, to allow irreversible actions in production.",
         .placeholder = "NAME"},
        {.name = "quiet", .target = &common.quiet, .help = "Logs errors only.", .short_name = 'q'},
        {.name = "verbose", .target = &common.verbose, .help = "Logs every step, after the inputs.", .short_name = 'v'},
        {.name = "log-format",
         .target = &common.log_format,
         .help = "Format of the log on standard error.",
         .allowed = {"text", "json"},
         .placeholder = "FORMAT",
         .action = false},
        {.name = "no-color", .target = &common.no_color, .help = "Never colours the log.", .action = false},
    };
    limit_to(all, "dry-run", spec, &Command::acts);
    limit_to(all, "confirm", spec, &Command::irreversible);
    if (spec.commands.empty()) std::erase_if(all, [](const Input& input) { return input.name == "confirm"; });
    std::erase_if(all, [&](const Input& input) { return is_own(spec, input.name); });
    return all;
}

std::optional<Input> command_input(const Spec& spec) {
    if (spec.commands.empty() || !spec.command) return {};
    Input input{.name = "command", .target = spec.command, .help = ""};
    for (const Command& command : spec.commands)
        if (!command.hidden) input.allowed.push_back(command.name);
    input.help = fmt::format("The command to run; default {}.", input.allowed.front());
    return input;
}

std::vector<std::string> format_names(const Spec& spec) {
    std::vector<std::string> names;
    for (const report::Format& format : report::formats()) names.emplace_back(format.name);
    for (const std::string& own : spec.formats) {
        if (std::find(names.begin(), names.end(), own) == names.end()) names.push_back(own);
    }
    return names;
}

std::vector<std::string> format_names(const Spec& spec, const Command* command) {
    auto names = format_names(spec);
    if (command)
        std::erase_if(names, [&](const std::string& name) {
            return !report::find_format(name) &&
                   std::find(command->formats.begin(), command->formats.end(), name) == command->formats.end();
        });
    return names;
}

const std::vector<Question>& questions() {
    static const std::vector<Question> all = {
        {"help", "Prints this.", "", 'h'},
        {"version", "Prints the version and the commit it was built from.", ""},
        {"explain-config", "Prints each input with its value and the origin of the value.", ""},
        {"render", "Prints a text that is generated from the tool's declaration.", "WHAT", 0, true},
    };
    return all;
}

std::vector<Flag> all_flags(const Spec& spec, const std::vector<Input>& common) {
    std::vector<Flag> flags;
    std::string taken; // short names: the tool's own win
    const auto add = [&](const std::string& name, char short_name, bool takes_value, bool hidden = false) {
        if (taken.find(short_name) != std::string::npos) short_name = 0;
        if (short_name) taken += short_name;
        flags.push_back({name, short_name, takes_value, hidden});
    };
    for (const auto* inputs : {&spec.inputs, &common}) {
        for (const Input& input : *inputs) {
            if (has_flag(input)) add(input.name, input.short_name, !is_boolean(input));
        }
    }
    for (const Question& question : questions())
        add(question.name, question.short_name, !question.placeholder.empty(), question.hidden);
    return flags;
}

bool is_own(const Spec& spec, std::string_view name) {
    return std::any_of(spec.inputs.begin(), spec.inputs.end(), [&](const Input& own) { return own.name == name; });
}

std::string program_name(const Spec& spec) { return spec.tool.empty() ? "fairlead" : "fairlead-" + spec.tool; }

std::string help_of(const Input& input) {
    return input.of.empty() || input.of_most ? input.help : fmt::format("{}: {}", join(input.of, ", "), input.help);
}

std::string in_full(const Spec& spec, const Input& input, std::string text) {
    if (!input.allowed.empty()) text += fmt::format(" One of {}.", join(input.allowed, ", "));
    const std::string value = replace_all(input.target.shown(), "\n", "\\n");
    if (!value.empty() && value != "false") text += fmt::format(" Default {}.", value);
    if (!input.key.empty()) text += fmt::format(" In fairlead.yml: {}.{}.", spec.tool, input.key);
    return text;
}

bool is_hidden(const Spec& spec, const Input& input) {
    const auto hidden = [&](const std::string& name) {
        return std::any_of(spec.commands.begin(), spec.commands.end(),
                           [&](const Command& command) { return command.hidden && command.name == name; });
    };
    return !input.of.empty() && std::all_of(input.of.begin(), input.of.end(), hidden);
}

std::string placeholder_of(const Input& input) {
    if (!input.placeholder.empty()) return input.placeholder;
    switch (input.target.type) {
    case Type::integer:
    case Type::count:
    case Type::positive:
    case Type::up_to_1000:
    case Type::number: return "N";
    case Type::size: return "SIZE";
    case Type::duration: return "DURATION";
    case Type::text_list: return "LIST";
    default: return "TEXT";
    }
}

std::vector<Group> in_groups(const std::vector<Input>& inputs) {
    std::vector<Group> groups(1);
    for (const Input& input : inputs) {
        if (!input.group.empty()) groups.push_back({input.group, {}});
        groups.back().inputs.push_back(input);
    }
    return groups;
}

std::string command_of_example(const Spec& spec, const std::string& example) {
    const auto words = split(example, ' ');
    if (spec.commands.empty()) return {};
    if (words.size() < 2 || words[1].starts_with('-')) return spec.commands.front().name;
    const bool known = std::any_of(spec.commands.begin(), spec.commands.end(),
                                   [&](const Command& command) { return command.name == words[1]; });
    return known ? words[1] : std::string();
}

bool is_boolean(const Input& input) { return input.target.type == Type::boolean; }
bool has_flag(const Input& input) { return input.target.type != Type::secret; }

}
