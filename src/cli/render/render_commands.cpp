#include "cli/commands.h"
#include "cli/common.h"
#include "cli/inputs.h"
#include "cli/render/render.h"
#include "cli/rules.h"
#include <algorithm>
#include <nlohmann/json.hpp>

namespace fairlead::cli {
namespace {

using Json = nlohmann::ordered_json;

// config and env are of commands that read fairlead.yml.
bool takes(const Command& command, const Input& input) {
    const bool of_file = input.name == "config" || input.name == "env";
    return belongs(input, command.name) && (command.reads_config || !of_file);
}

Json input_row(const Spec& spec, const Input& input, bool shared) {
    const bool secret = !has_flag(input);
    return {{"name", input.name},
            {"flag", secret ? "" : "--" + input.name},
            {"variables", input.typed ? std::vector<std::string>() : variable_names(spec.tool, input.name)},
            {"type", name_of(input.target.type)},
            {"allowed", input.allowed},
            {"secret", secret},
            {"positional", input.positional},
            {"common", shared}};
}

Json need_rows(const Spec& spec, const Command& command, const std::vector<std::string>& inputs) {
    Json rows = Json::array();
    for (const NeedWhen& need : spec.needs) {
        const bool other = !need.command.empty() && need.command != command.name;
        const bool has_input = std::find(inputs.begin(), inputs.end(), need.input) != inputs.end();
        if (other || (!need.input.empty() && !has_input)) continue;
        rows.push_back({{"need", name_of(need.what)}, {"input", need.input}, {"variable", need.variable}});
    }
    return rows;
}

std::string row_of(const Spec& spec, const Command& command, bool is_default) {
    Common common;
    Json inputs = Json::array();
    std::vector<std::string> names;
    const auto add = [&](const std::vector<Input>& all, bool shared) {
        for (const Input& input : all) {
            if (!takes(command, input)) continue;
            inputs.push_back(input_row(spec, input, shared));
            names.push_back(input.name);
        }
    };
    add(spec.inputs, false);
    add(common_inputs(spec, common), true);
    const Json row = {{"executable", program_name(spec)},
                      {"command", command.name},
                      {"default", is_default},
                      {"acts", command.acts},
                      {"irreversible", command.irreversible},
                      {"lasting", command.lasting},
                      {"only_tells", command.only_tells},
                      {"reads_config", command.reads_config},
                      {"hidden", command.hidden},
                      {"needs", need_rows(spec, command, names)},
                      {"inputs", inputs}};
    return row.dump() + "\n";
}

}

std::string render_commands(const Spec& spec) {
    std::string text;
    for (const Command& command : spec.commands) text += row_of(spec, command, &command == &spec.commands.front());
    if (spec.commands.empty()) text += row_of(spec, {.acts = true}, true); // --dry-run belongs to it
    if (has_rules_word(spec)) text += row_of(rules_alone(spec), rules_command(), false);
    return text;
}

}
