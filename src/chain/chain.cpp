#include "chain/chain.h"
#include "base/text.h"
#include "report/github.h"
#include <algorithm>
#include <fmt/format.h>
#include <map>

namespace fairlead::chain {

namespace {

// In the order of the chain; a tool that has no place in it comes last.
const std::vector<std::string>& tools() {
    static const std::vector<std::string> all = [] {
        std::vector<std::string> names = {"gate", "scan", "preflight", "migrate", "tag", "deploy", "smoke"};
        for (const auto name : config::built_tools())
            if (std::find(names.begin(), names.end(), name) == names.end()) names.emplace_back(name);
        return names;
    }();
    return all;
}

// No shell reads a command: one text with blanks would be the name of a program.
Result<std::vector<std::string>> command_words(const config::Value& exec) {
    for (const auto& word : exec.items())
        if (!word.is_scalar()) return word.error("exec is a list of words: [pytest, -q]");
    const auto words = exec.texts();
    if (!words.empty() && words.front().empty()) return exec.error("exec has no program; its first word is empty");
    if (!exec.is_scalar() || exec.text().find_first_of(" \t\n") == std::string::npos) return words;
    std::vector<std::string> apart;
    for (const auto& word : split(replace_all(replace_all(exec.text(), "\n", " "), "\t", " "), ' '))
        if (!word.empty()) apart.push_back(word);
    return exec.error(
        fmt::format("exec must be a list of words, because no shell reads it; write exec: [{}]", join(apart, ", ")));
}

Result<std::string> folder_below(const config::Value& value) {
    auto folder = value.text();
    const auto names = split(folder, '/');
    if (!folder.starts_with('/') && std::find(names.begin(), names.end(), "..") == names.end()) return folder;
    return value.error(
        fmt::format("folder '{}' is outside of the folder of fairlead.yml; write a folder inside it", folder));
}

Result<Step> step_from(const config::Value& value) {
    if (value.is_scalar()) {
        const std::string name = value.text();
        if (!config::is_tool(name))
            return value.error(
                fmt::format("step '{}' is not a tool; expected {}, or a command: {{name: {}, exec: [...]}}", name,
                            one_of(tools()), name));
        return Step{name, {}};
    }
    if (!value.is_map())
        return value.error("a step must be the name of a tool or a command: {name: tests, exec: [pytest, -q]}");
    for (const auto& [key, child] : value.entries())
        if (key != "name" && key != "folder" && key != "exec" && key != "judged_by")
            return child.error(
                fmt::format("key '{}' is unknown in a step; expected name, folder, exec and judged_by", key));
    Step step;
    step.name = value["name"].text();
    step.argv = TRY(command_words(value["exec"]));
    if (step.name.empty() || step.argv.empty())
        return value.error("a command step needs name and exec: {name: tests, exec: [pytest, -q]}");
    if (config::is_tool(step.name))
        return value.error(
            fmt::format("a command may not have the name of the tool '{}'; choose another name", step.name));
    step.folder = TRY(folder_below(value["folder"]));
    const auto judge = value["judged_by"];
    step.judged = judge.present();
    if (step.judged && judge.text() != "gate")
        return judge.error(fmt::format("judged_by: '{}' can't judge a step; expected gate", judge.text()));
    return step;
}

bool has_gate_after(const std::vector<Step>& steps, std::size_t at) {
    return std::any_of(steps.begin() + static_cast<std::ptrdiff_t>(at), steps.end(),
                       [](const Step& step) { return step.name == "gate" && step.skipped.empty(); });
}

Result<std::vector<Step>> written_steps(const config::Value& run) {
    std::vector<Step> found;
    const auto items = run.items();
    for (const auto& item : items) {
        Step step = TRY(step_from(item));
        if (std::any_of(found.begin(), found.end(), [&](const Step& other) { return other.name == step.name; }))
            return item.error(fmt::format("step '{}' is listed twice", step.name));
        found.push_back(std::move(step));
    }
    if (found.empty()) return run.error("run: has no steps; write the tools and commands of the chain");
    for (std::size_t i = 0; i < found.size(); ++i)
        if (found[i].judged && !has_gate_after(found, i))
            return items[i]["judged_by"].error("judged_by: gate needs the step gate after it");
    return found;
}

std::string seconds(Milliseconds time) { return fmt::format("{:.1f} s", static_cast<double>(time.count()) / 1000); }

std::string took(const Outcome& outcome) {
    return outcome.turn == Turn::ran || outcome.turn == Turn::judged ? seconds(outcome.time) : "-";
}

std::string verdict(const Outcome& outcome) {
    if (outcome.turn == Turn::skipped) return "skipped";
    if (outcome.turn == Turn::named || outcome.turn == Turn::not_reached) return "-";
    constexpr std::string_view words[] = {"yes", "no", "wrong use", "could not"};
    if (outcome.status >= 0 && outcome.status < 4) return std::string(words[outcome.status]);
    return fmt::format("status {}", outcome.status);
}

}

Result<std::vector<Step>> steps(const config::Config& config) {
    if (const auto run = config.root()["run"]; run.present()) return written_steps(run);
    std::vector<Step> found;
    for (const auto& name : tools()) {
        if (name == "backup") continue; // it has a timetable of its own: only where `run:` names it
        bool named = config.root()[name].present();
        for (const auto& environment : config.environments())
            named = named || config.environment(environment)[name].present();
        if (named) found.push_back({name, {}});
    }
    return found;
}

std::span<const config::Milder> milder() {
    using When = config::Milder::When;
    static constexpr config::Milder rows[] = {{"run", When::set},
                                              {"run.*", When::removed},
                                              {"run.*.exec", When::altered},
                                              {"run.*.folder", When::altered},
                                              {"run.*.judged_by", When::set},
                                              {"gate", When::removed},
                                              {"scan", When::removed},
                                              {"smoke", When::removed}};
    return rows;
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
    for (auto& step : all) {
        if (!only.empty() && !has(only, step.name)) step.skipped = "left out by --only";
        if (has(skip, step.name)) step.skipped = "left out by --skip";
    }
    for (std::size_t i = 0; i < all.size(); ++i) all[i].judged = all[i].judged && has_gate_after(all, i);
    if (std::all_of(all.begin(), all.end(), [](const Step& step) { return !step.skipped.empty(); }))
        return usage(names.empty()
                         ? "there is nothing to run: fairlead.yml has no run: and no section of a tool; write run:"
                         : fmt::format("all steps are skipped ({}); skip fewer steps", join(names, ", ")));
    return all;
}

int overall_status(const std::vector<Outcome>& outcomes) {
    for (const auto& outcome : outcomes)
        if (outcome.failed()) return outcome.status;
    return 0;
}

std::string facts_of(const std::vector<Outcome>& outcomes, bool dry_run) {
    for (const auto& outcome : outcomes)
        if (outcome.failed()) return fmt::format("{} {}", dry_run ? "it would stop at" : "stopped at", outcome.name);
    std::size_t done = 0; // a dry run has judged nothing: what it only named has not passed
    std::map<Turn, std::vector<std::string>> others;
    for (const auto& outcome : outcomes)
        if (outcome.passed() || outcome.turn == Turn::named)
            ++done;
        else
            others[outcome.turn].push_back(outcome.name);
    std::string text = fmt::format("{} step{} {}", done, done == 1 ? "" : "s", dry_run ? "would run" : "passed");
    const std::pair<Turn, std::string_view> words[] = {
        {Turn::judged, "failed and judged by gate"}, {Turn::skipped, "skipped"}, {Turn::not_reached, "not run"}};
    for (const auto& [turn, word] : words)
        if (const auto& names = others[turn]; !names.empty())
            text += fmt::format(", {} {} ({})", names.size(), word, join(names, ", "));
    return text;
}

std::string table(const std::vector<Outcome>& outcomes) {
    std::size_t width = 4;
    for (const auto& outcome : outcomes) width = std::max(width, outcome.name.size());
    std::string out = fmt::format("{:<{}}  {:<9}  {:>8}  {}\n", "step", width, "verdict", "time", "decided");
    for (const auto& outcome : outcomes)
        out += fmt::format("{:<{}}  {:<9}  {:>8}  {}\n", outcome.name, width, verdict(outcome), took(outcome),
                           outcome.decided);
    return out;
}

report::Case case_of(const Outcome& outcome) {
    report::Case one{.suite = "fairlead-run", .name = outcome.name, .time = outcome.time};
    if (outcome.failed())
        one.failure = outcome.decided.empty() ? "it failed" : outcome.decided;
    else if (!outcome.passed())
        one.skipped = std::string(verdict(outcome)) + (outcome.decided.empty() ? "" : ": ") + outcome.decided;
    return one;
}

report::Table summary_table(const std::vector<Outcome>& outcomes) {
    report::Table out{{"step", "verdict", "time", "decided"}, {}};
    for (const auto& outcome : outcomes)
        out.rows.push_back({outcome.name, std::string(verdict(outcome)), took(outcome), outcome.decided});
    return out;
}

}
