#include "chain/chain.h"
#include "base/text.h"
#include "report/github.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::chain {

namespace {

// In the order of the chain; a tool that has no place in it comes last.
const std::vector<std::string>& tools() {
    static const std::vector<std::string> all = [] {
        std::vector<std::string> names = {"gate", "scan", "tag", "deploy", "smoke"};
        for (const auto name : config::built_tools())
            if (std::find(names.begin(), names.end(), name) == names.end()) names.emplace_back(name);
        return names;
    }();
    return all;
}

bool is_tool(std::string_view name) { return std::find(tools().begin(), tools().end(), name) != tools().end(); }

Result<Step> step_from(const config::Value& value) {
    if (value.is_scalar()) {
        const std::string name = value.text();
        if (!is_tool(name))
            return value.error(fmt::format("step '{}' is no tool; expected {}, or a command: {{name: {}, exec: [...]}}",
                                           name, one_of(tools()), name));
        return Step{name, {}};
    }
    if (!value.is_map())
        return value.error("a step is the name of a tool or a command: {name: tests, exec: [pytest, -q]}");
    for (const auto& [key, child] : value.entries())
        if (key != "name" && key != "exec")
            return child.error(fmt::format("key '{}' is unknown in a step; expected name and exec", key));
    Step step{value["name"].text(), value["exec"].texts()};
    if (step.name.empty() || step.argv.empty())
        return value.error("a command step needs both: {name: tests, exec: [pytest, -q]}");
    if (is_tool(step.name))
        return value.error(fmt::format("a command may not be called like the tool '{}'", step.name));
    return step;
}

std::string seconds(Milliseconds time) { return fmt::format("{:.1f} s", static_cast<double>(time.count()) / 1000); }

std::string verdict(const Outcome& outcome) {
    if (!outcome.ran) return "-";
    constexpr std::string_view words[] = {"yes", "no", "wrong use", "could not"};
    if (outcome.status >= 0 && outcome.status < 4) return std::string(words[outcome.status]);
    return fmt::format("status {}", outcome.status);
}

}

Result<std::vector<Step>> steps(const config::Config& config) {
    std::vector<Step> found;
    if (const auto run = config.root()["run"]; run.present()) {
        for (const auto& item : run.items()) {
            Step step = TRY(step_from(item));
            if (std::any_of(found.begin(), found.end(), [&](const Step& other) { return other.name == step.name; }))
                return item.error(fmt::format("step '{}' is there twice", step.name));
            found.push_back(std::move(step));
        }
        if (found.empty()) return run.error("run: names no step; write the tools and commands of the chain");
        return found;
    }
    for (const auto& name : tools()) {
        bool named = config.root()[name].present();
        for (const auto& environment : config.environments())
            named = named || config.environment(environment)[name].present();
        if (named) found.push_back({name, {}});
    }
    return found;
}

Result<std::vector<Step>> select(std::vector<Step> all, const std::vector<std::string>& only,
                                 const std::vector<std::string>& skip) {
    std::vector<std::string> names;
    for (const auto& step : all) names.push_back(step.name);
    const auto has = [](const std::vector<std::string>& list, const std::string& name) {
        return std::find(list.begin(), list.end(), name) != list.end();
    };
    for (const auto* list : {&only, &skip})
        for (const auto& name : *list)
            if (!has(names, name)) return usage(fmt::format("step '{}' is unknown; expected {}", name, one_of(names)));
    std::erase_if(all,
                  [&](const Step& step) { return (!only.empty() && !has(only, step.name)) || has(skip, step.name); });
    if (all.empty())
        return usage(names.empty() ? "nothing to run: fairlead.yml has neither run: nor a tool's section"
                                   : fmt::format("no step is left of {}; skip fewer", join(names, ", ")));
    return all;
}

int overall_status(const std::vector<Outcome>& outcomes) {
    for (const auto& outcome : outcomes)
        if (outcome.ran && outcome.status != 0) return outcome.status;
    return 0;
}

std::string table(const std::vector<Outcome>& outcomes) {
    std::size_t width = 4;
    for (const auto& outcome : outcomes) width = std::max(width, outcome.name.size());
    std::string out = fmt::format("{:<{}}  {:<9}  {:>8}  {}\n", "step", width, "verdict", "time", "decided");
    for (const auto& outcome : outcomes)
        out += fmt::format("{:<{}}  {:<9}  {:>8}  {}\n", outcome.name, width, verdict(outcome),
                           outcome.ran ? seconds(outcome.time) : "-", outcome.decided);
    return out;
}

std::string markdown_table(const std::vector<Outcome>& outcomes) {
    std::string out = "| step | verdict | time | decided |\n|---|---|---|---|\n";
    for (const auto& outcome : outcomes)
        out += fmt::format("| {} | {} | {} | {} |\n", report::escape_markdown(outcome.name), verdict(outcome),
                           outcome.ran ? seconds(outcome.time) : "-", report::escape_markdown(outcome.decided));
    return out;
}

}
