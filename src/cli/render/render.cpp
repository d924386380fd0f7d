#include "cli/render/render.h"
#include "base/foreign_actions.h"
#include "base/text.h"
#include "base/version.h"
#include "cli/common.h"
#include "cli/hold.h"
#include "cli/inputs.h"
#include "cli/section.h"
#include "config/config.h"
#include <algorithm>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace fairlead::cli {
namespace {

// A JSON string is a YAML double-quoted scalar.
std::string yaml_quoted(std::string_view text) { return "\"" + json_escape(text) + "\""; }

std::string source_of(const Spec& spec) {
    return fmt::format("tools/{}.cpp", spec.tool.empty() ? "fairlead" : spec.tool);
}

// The inputs of the action: the command, the tool's own, those of every tool.
std::vector<Input> action_inputs(const Spec& spec, Common& common) {
    std::vector<Input> all = spec.inputs;
    if (const auto command = command_input(spec)) all.insert(all.begin(), *command);
    for (Input& shared : common_inputs(spec, common)) all.push_back(std::move(shared));
    std::erase_if(all, [&](const Input& input) { return !input.action || is_hidden(spec, input); });
    return all;
}

std::string described(const Input& input) {
    std::string text = help_of(input);
    if (!input.allowed.empty()) text += fmt::format(" One of {}.", join(input.allowed, ", "));
    if (input.target.type == Type::text_list && !input.untrimmed) {
        text += input.lines ? " One per line." : " Separated by commas or newlines.";
    }
    if (!has_flag(input)) text += " A secret.";
    return text;
}

std::string default_of(const Input& input) {
    const std::string value = replace_all(input.target.shown(), "\n", "\\n");
    return value.empty() ? "" : fmt::format("`{}`", value);
}

std::string cell(std::string_view text) { return replace_all(replace_all(text, "|", "\\|"), "\n", " "); }

std::string inputs_table(const Spec& spec) {
    Common common;
    std::string text = "| input | meaning | default | in `fairlead.yml` |\n|---|---|---|---|\n";
    for (const Input& input : action_inputs(spec, common)) {
        const std::string key = input.key.empty() ? "" : fmt::format("`{}.{}`", spec.tool, input.key);
        text +=
            fmt::format("| `{}` | {} | {} | {} |\n", input.name, cell(described(input)), cell(default_of(input)), key);
    }
    return text;
}

std::string outputs_table(const Spec& spec) {
    if (spec.outputs.empty()) return "This action has no outputs.\n";
    std::string text = "| output | meaning |\n|---|---|\n";
    for (const Output& output : spec.outputs) text += fmt::format("| `{}` | {} |\n", output.name, cell(output.help));
    return text;
}

constexpr std::string_view status_table = R"(| exit status | means |
|---|---|
| 0 | yes: clean, passed, done |
| 1 | no: findings, failed, refused; also evidence that can't be read |
| 2 | wrong use or configuration; nothing was changed |
| 3 | could not: network, disk, lock, interrupted |
)";

}

std::string render_action(const Spec& spec) {
    Common common;
    const std::vector<Input> inputs = action_inputs(spec, common);
    const bool root = spec.tool.empty();
    std::string text = fmt::format("# Rendered from {} by the target `generate`; do not edit.\n", source_of(spec));
    text += fmt::format("name: {}\ndescription: {}\n", yaml_quoted(root ? "Fairlead" : "Fairlead " + spec.tool),
                        yaml_quoted(spec.summary));
    if (root) text += "branding:\n  icon: anchor\n  color: blue\n";
    text += "inputs:\n";
    for (const Input& input : inputs) {
        text += fmt::format("  {}:\n    description: {}\n    required: false\n    default: {}\n", input.name,
                            yaml_quoted(described(input)), yaml_quoted(input.action_default));
    }
    if (!spec.outputs.empty()) text += "outputs:\n";
    for (const Output& output : spec.outputs) {
        text += fmt::format("  {}:\n    description: {}\n    value: ${{{{ steps.run.outputs.{} }}}}\n", output.name,
                            yaml_quoted(output.help), output.name);
    }
    text += fmt::format("runs:\n  using: composite\n  steps:\n    - id: run\n      shell: bash\n      env:\n"
                        "        FAIRLEAD_TOOL: {}\n",
                        root ? "fairlead" : spec.tool);
    for (const Input& input : inputs) {
        text += fmt::format("        INPUT_{}: ${{{{ inputs.{} }}}}\n", replace_all(upper(input.name), "-", "_"),
                            input.name);
    }
    return text + fmt::format("      run: exec \"$GITHUB_ACTION_PATH/{}/install.sh\"\n", root ? "actions" : "..");
}

namespace {

// The step that gives what the example gives, and the one that is judged by it.
std::string example_steps(const Spec& spec, const ActionExample& example) {
    std::string text;
    if (!example.before.empty())
        text = fmt::format("- run: {}\n  continue-on-error: true # {} decides\n", example.before, spec.tool);
    text += fmt::format("- uses: fairlead/fairlead/actions/{}@v{} # better: the full commit\n", spec.tool, version());
    if (!example.with.empty()) text += "  with:\n";
    for (const auto& [name, value] : example.with) {
        const bool block = value.find('\n') != std::string::npos;
        text += fmt::format("    {}: {}\n", name, block ? "|\n      " + replace_all(value, "\n", "\n      ") : value);
    }
    return text;
}

std::string example_workflow(const Spec& spec, const ActionExample& example) {
    std::string text = fmt::format("on: {}\npermissions: {{}}\njobs:\n  {}:\n    runs-on: {}\n    permissions:\n"
                                   "      contents: read\n    steps:\n      - uses: {}\n        with:\n",
                                   example.on, spec.tool, example.runs_on, uses("actions/checkout"));
    if (example.whole_history)
        text += "          fetch-depth: 0 # all commits and tags\n";
    else if (example.on == "pull_request")
        text += "          fetch-depth: 2 # with the base: its fairlead.yml judges a fork's change\n";
    text += "          persist-credentials: false\n";
    for (const auto& line : split(trim(example_steps(spec, example)), '\n')) text += fmt::format("      {}\n", line);
    return text;
}

}

std::string render_readme(const Spec& spec) {
    std::string text = fmt::format("<!-- Rendered from {} by the target `generate`; do not edit. -->\n# {}\n\n{}\n",
                                   source_of(spec), program_name(spec), spec.summary);
    if (!spec.details.empty()) text += fmt::format("\n{}\n", trim(spec.details));
    text += "\n## In a workflow\n\n";
    auto examples = spec.action_examples;
    if (examples.empty()) examples.emplace_back();
    for (const ActionExample& example : examples) {
        const bool first = &example == &examples.front();
        if (!first) text += example.title + "\n\n";
        text += "```yaml\n" + (first ? example_workflow(spec, example) : example_steps(spec, example)) + "```\n\n";
    }
    text += "The commit that you pin pins the executable too: "
            "[how it arrives](../../docs/ci.md#how-the-executable-arrives).\n\n";
    if (!spec.examples.empty()) text += "## In a shell\n\n```sh\n" + join(spec.examples, "\n") + "\n```\n\n";
    text += "## Inputs\n\nAn input that is empty or not given counts as unset. A flag `--x-y` of the program, the "
            "variables\n"
            "`FAIRLEAD_" +
            replace_all(upper(spec.tool), "-", "_") +
            "_X_Y` and `FAIRLEAD_X_Y`, and the key of `fairlead.yml` "
            "say the same; the first that is given wins.\n\n";
    text += inputs_table(spec) + "\n## Outputs\n\n" + outputs_table(spec) + "\n## Exit status\n\n";
    text += status_table;
    const auto needs = describe_needs(spec);
    return needs.empty() ? text : text + "\n## What it may do\n\n" + needs;
}

std::string render_inputs(const Spec& spec) {
    Common common;
    nlohmann::json list = nlohmann::json::array();
    const auto add = [&](const std::vector<Input>& inputs, bool shared) {
        for (const Input& input : inputs) {
            list.push_back(
                {{"name", input.name},
                 {"key", input.key},
                 {"group", input.group},
                 {"commands", input.of},
                 {"type", name_of(input.target.type)},
                 {"allowed", input.allowed},
                 {"positional", input.positional},
                 {"action", input.action},
                 {"placeholder", input.placeholder},
                 {"written_by", input.written_by},
                 {"common", shared},
                 {"variables", input.typed ? std::vector<std::string>() : variable_names(spec.tool, input.name)}});
        }
    };
    if (const auto command = command_input(spec)) add({*command}, false);
    add(spec.inputs, false);
    add(common_inputs(spec, common), true);
    return list.dump(1) + "\n";
}

std::string render_schema(const Spec& spec) { return config::schema(spec.tool, Section(spec).fields()); }

}
