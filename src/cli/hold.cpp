#include "cli/hold.h"
#include "base/text.h"
#include "cli/common.h"
#include "cli/inputs.h"
#include "cli/keep.h"
#include "cli/publish.h"
#include "sys/process/confine.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::cli {

bool is_input_given(const Spec& spec, const std::string& input, const Words& words, const sys::Environment& variables) {
    if (words.flags.contains(input)) return true;
    const auto names = variable_names(spec.tool, input);
    return std::any_of(names.begin(), names.end(), [&](const std::string& name) {
        const auto value = trim(variables.get_or(name, ""));
        return !value.empty() && value != "false";
    });
}

namespace {

// Before anything is judged: the first word, else a variable.
bool is_command(const Spec& spec, const std::string& command, const Words& words, const sys::Environment& variables) {
    if (!words.words.empty()) return words.words.front() == command;
    const auto names = variable_names(spec.tool, "command");
    return std::any_of(names.begin(), names.end(),
                       [&](const std::string& name) { return trim(variables.get_or(name, "")) == command; });
}

// A database, a store or what serves may be on another host.
bool is_network(Need need) {
    return need == Need::network || need == Need::database_changes || need == Need::store_changes ||
           need == Need::target_changes;
}

// "a, b or c"
std::string any_of(std::vector<std::string> words) {
    if (words.size() < 2) return join(words, "");
    const auto last = words.back();
    words.pop_back();
    return join(words, ", ") + " or " + last;
}

std::string sentence(const Spec& spec, std::string_view never, std::string_view only,
                     const std::function<bool(Need)>& matters) {
    std::vector<std::string> inputs, commands, variables, conditions;
    const auto add = [](std::vector<std::string>& list, const std::string& name) {
        if (std::find(list.begin(), list.end(), "`" + name + "`") == list.end()) list.push_back("`" + name + "`");
    };
    for (const auto& need : spec.needs) {
        if (!matters(need.what)) continue;
        if (need.command.empty() && need.input.empty() && need.variable.empty()) return {}; // always
        if (!need.command.empty())
            add(commands, need.command);
        else if (!need.input.empty())
            add(inputs, need.input);
        else
            add(variables, need.variable);
    }
    if (!inputs.empty()) conditions.push_back("with " + any_of(inputs));
    if (!commands.empty()) conditions.push_back("for " + any_of(commands));
    if (!variables.empty()) conditions.push_back("if " + any_of(variables) + " is set");
    return conditions.empty() ? std::string(never) : std::string(only) + any_of(conditions);
}

}

std::string describe_needs(const Spec& spec) {
    const auto starts = [](Need need) { return !is_network(need); };
    const bool unheld = std::any_of(spec.needs.begin(), spec.needs.end(), [](const NeedWhen& need) {
        return need.what == Need::programs && need.input.empty() && need.variable.empty() && need.command.empty();
    });
    if (unheld) return {};
    std::vector<std::string> facts = {
        sentence(spec, "starts no program", "starts a program only ", starts),
        sentence(spec, "opens no connection", "opens a connection only ", is_network),
        "changes only the files that it is asked to write, and in CI its verdict in `.fairlead/out`"};
    const bool first = std::any_of(spec.needs.begin(), spec.needs.end(), [](const NeedWhen& need) {
        return need.what == Need::programs_at_first && need.input.empty();
    });
    if (first) facts[0] = "starts no program once it opens a connection";
    std::erase(facts, "");
    return fmt::format("It {}. If the kernel supports it (seccomp, Landlock), the kernel enforces this.\n",
                       join(facts, ". It "));
}

Held held(const Spec& spec, const Words& words, const sys::Environment& variables) {
    Held held;
    for (const auto& need : spec.needs) {
        if (!need.input.empty() && !is_input_given(spec, need.input, words, variables)) continue;
        if (!need.variable.empty() && !variables.get(need.variable)) continue;
        if (!need.command.empty() && !is_command(spec, need.command, words, variables)) continue;
        if (is_network(need.what)) held.network = true;
        if (need.what == Need::programs || need.what == Need::project_programs || need.what == Need::project_questions)
            held.programs = Held::Programs::always;
        if (need.what == Need::programs_at_first && held.programs == Held::Programs::none)
            held.programs = Held::Programs::at_first;
    }
    return held;
}

std::string hold(const Held& held) { return sys::confine(held.network ? sys::Network::yes : sys::Network::no); }

std::string hold_writes(const Spec& spec, const Context& context, const std::string& evidence) {
    using What = sys::Writable::What;
    std::vector<sys::Writable> writable;
    for (const auto& output : context.output)
        if (const auto file = parse_output(output, format_names(spec)); file.ok()) writable.push_back({file->path});
    for (const auto* variable : {"GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY"})
        if (const auto file = context.variables.get(variable)) writable.push_back({*file});
    if (const auto kept = place_of_verdict(spec, context).value_or(""); !kept.empty()) writable.push_back({kept});
    if (!evidence.empty()) writable.push_back({evidence, What::folder});
    if (spec.writes)
        for (const auto& path : spec.writes(context)) {
            const bool folder = path.ends_with('/');
            writable.push_back({path, folder ? What::folder : What::file});
        }
    if (const auto hooks = spec.writes_hooks ? spec.writes_hooks(context) : ""; !hooks.empty())
        writable.push_back({hooks, What::hooks});
    return sys::confine_writes(writable);
}

}
