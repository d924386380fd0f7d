#include "chain/variables.h"
#include "base/text.h"
#include "sys/data/json.h"
#include "sys/process/process.h"
#include <algorithm>
#include <fmt/format.h>
#include <iterator>

namespace fairlead::chain {

namespace {

using Names = std::vector<std::string>;

bool contains(const auto& names, std::string_view name) {
    return std::find(std::begin(names), std::end(names), name) != std::end(names);
}

// What stays: it decides nothing (how the log looks), or only which release is meant, which no committed file can tell.
bool stays(const std::string& input, const std::string& type) {
    constexpr std::string_view harmless[] = {"log-format", "no-color", "release-version", "expect-version",
                                             "promote-from"};
    return type == "secret" || contains(harmless, input);
}

// The front command reads them, too, and hands on what was asked of it.
bool is_ours(const std::string& input) {
    constexpr std::string_view ours[] = {"command", "only", "skip"};
    return contains(ours, input);
}

struct Taken {
    Names all, told; // told: somebody meant this tool with them
};

// The tool itself says which variables it reads.
Result<Taken> taken_from(const std::string& tool) {
    sys::Command command{.argv = {sys::tool_program("fairlead-" + tool), "--render", "inputs"},
                         .environment = sys::child_environment(sys::Environment::of_process(), sys::Child::step),
                         .whose = sys::Whose::ours};
    const auto done = TRY(sys::run(command));
    const auto unclear = could_not(
        fmt::format("fairlead-{} does not say which inputs it has (status {}); install the same version of both tools",
                    tool, done.status));
    if (done.status != 0) return unclear;
    const auto inputs = TRY(sys::parse_json(done.out, "the inputs of fairlead-" + tool));
    if (!inputs.is_array()) return unclear;
    Taken taken;
    for (const auto& input : inputs) {
        const auto name = input.value("name", "");
        if (stays(name, input.value("type", ""))) continue;
        const bool common = input.value("common", false) || is_ours(name);
        for (const auto& variable : input.value("variables", Names())) {
            taken.all.push_back(variable);
            if (!common || variable == variable_of(tool, name)) taken.told.push_back(variable);
        }
    }
    return taken;
}

}

namespace {

void add_named(const config::Value& value, Names& names) {
    for (const auto& item : value.is_list() ? value.items() : std::vector<config::Value>()) add_named(item, names);
    for (const auto& [key, child] : value.entries()) {
        if (key.ends_with("_env") && child.is_scalar()) names.push_back(child.text());
        add_named(child, names);
    }
}

}

std::vector<std::string> command_variables(const config::Config& config, const std::string& environment) {
    Names others;
    add_named(config.root(), others);
    auto declared = config.variables(environment);
    for (const auto& name : config.environments())
        for (auto& secret : config.environment(name).at("env.secrets").texts()) declared.push_back(std::move(secret));
    std::erase_if(others, [&](const auto& name) { return contains(declared, name); });
    // What a fork changed runs in them.
    const auto child = config.base_commit().empty() ? sys::Child::command : sys::Child::project;
    auto pairs = sys::child_environment(sys::Environment::of_process(), child, declared);
    std::erase_if(pairs, [&](const auto& pair) { return contains(others, pair.substr(0, pair.find('='))); });
    return pairs;
}

std::string variable_of(const std::string& tool, const std::string& input) {
    return "FAIRLEAD_" + replace_all(upper(tool + "-" + input), "-", "_");
}

void set_variable(std::vector<std::string>& pairs, const std::string& name, const std::string& value) {
    std::erase_if(pairs, [&](const std::string& pair) { return pair.starts_with(name + "="); });
    pairs.push_back(name + "=" + value);
}

Result<StepVariables> step_variables(const std::string& tool, sys::Child child) {
    const auto taken = TRY(taken_from(tool));
    StepVariables variables;
    for (auto& pair : sys::child_environment(sys::Environment::of_process(), child)) {
        const auto equals = pair.find('=');
        const auto name = pair.substr(0, equals);
        if (!contains(taken.all, name))
            variables.pairs.push_back(std::move(pair));
        else if (equals + 1 < pair.size() && contains(taken.told, name))
            variables.ignored.push_back(name);
    }
    return variables;
}

}
