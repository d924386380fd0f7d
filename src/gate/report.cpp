#include "gate/report.h"
#include "base/text.h"
#include "report/printable.h"
#include "sys/data/json.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::gate {

namespace {

using sys::Json;

Json json_of(const Tests& tests) {
    Json out = {{"total", tests.total()},
                {"passed", tests.passed},
                {"failed", tests.failed},
                {"errors", tests.errors},
                {"skipped", tests.skipped}};
    if (tests.flaky > 0) out["flaky"] = tests.flaky;
    return out;
}

Json json_of(Count count) { return {{"covered", count.covered}, {"total", count.total}}; }

Json json_of(Count lines, std::optional<Count> branches) {
    Json out = {{"lines", json_of(lines)}};
    if (branches) out["branches"] = json_of(*branches);
    return out;
}

Json json_of(const DiffCoverage& diff) {
    Json files = Json::array();
    for (const auto& file : diff.files) {
        Json missed = Json::array();
        for (const auto& [first, last] : file.missed) missed.push_back({first, last});
        files.push_back(
            {{"path", file.path}, {"lines", json_of(file.lines)}, {"missed", missed}, {"measured", file.measured}});
    }
    return {{"since", diff.since}, {"lines", json_of(diff.lines)}, {"files", files}};
}

Json json_of(const FindingCounts& counts) {
    Json out = Json::object();
    for (const Level level : levels) out[std::string(name_of(level))] = counts[level];
    return out;
}

Json json_of(const Performance& seen) {
    return {{"samples", seen.samples}, {"errors", seen.errors}, {"elapsed_ms", seen.elapsed_ms}};
}

// The sections that there are, in the order of the contract.
Json sections(const Totals& totals) {
    Json out = Json::object();
    if (!totals.format.empty()) out["format"] = totals.format;
    if (totals.tests) out["tests"] = json_of(*totals.tests);
    if (totals.lines) out["coverage"] = json_of(*totals.lines, totals.branches);
    if (totals.diff) out["coverage"]["diff"] = json_of(*totals.diff);
    if (totals.findings) out["findings"] = json_of(*totals.findings);
    if (totals.new_findings) out["new_findings"] = json_of(*totals.new_findings);
    if (totals.performance) out["performance"] = json_of(*totals.performance);
    for (const auto& size : totals.sizes)
        out["sizes"].push_back({{"name", size.name}, {"files", size.files}, {"bytes", size.bytes}});
    for (const auto& one : totals.budgets) {
        Json budget = {{"name", one.name}};
        if (one.measure) budget["value"] = one.measure->value;
        out["budgets"].push_back(std::move(budget));
    }
    for (const auto& one : totals.required)
        out["required"].push_back({{"tool", one.tool}, {"passed", one.complaint.empty()}});
    return out;
}

Json json_of(const Item& item) {
    Json out = {{"path", item.path}};
    if (!item.name.empty()) out["name"] = item.name;
    if (!item.evidence.shard.empty()) out["shard"] = one_line(item.evidence.shard);
    if (item.evidence.problem != Problem::none) {
        out["problem"] = name_of(item.evidence.problem);
        return out;
    }
    out.update(sections(sum({&item, 1})));
    return out;
}

std::string counts_of(const Tests& tests) {
    auto text = fmt::format("{} passed, {} failed, {} error{}, {} skipped", tests.passed, tests.failed, tests.errors,
                            tests.errors == 1 ? "" : "s", tests.skipped);
    return tests.flaky > 0 ? text + fmt::format(", {} flaky", tests.flaky) : text;
}

std::string counts_of(Count count) {
    return fmt::format("{} % ({} of {})", percent(count), count.covered, count.total);
}

std::string counts_of(const FindingCounts& counts) {
    std::string out;
    for (const Level level : levels)
        out += fmt::format("{}{} {}{}", out.empty() ? "" : ", ", counts[level], name_of(level),
                           counts[level] == 1 ? "" : "s");
    return out;
}

std::string counts_of(const Performance& seen) {
    return fmt::format("{} sample{}, {} error{}, {} ms on average", seen.samples, seen.samples == 1 ? "" : "s",
                       seen.errors, seen.errors == 1 ? "" : "s", seen.samples > 0 ? seen.elapsed_ms / seen.samples : 0);
}

std::vector<std::pair<std::string_view, std::string>> lines_of(const Totals& totals) {
    std::vector<std::pair<std::string_view, std::string>> rows;
    if (totals.tests) rows.emplace_back("tests", counts_of(*totals.tests));
    if (totals.lines) rows.emplace_back("lines", counts_of(*totals.lines));
    if (totals.branches) rows.emplace_back("branches", counts_of(*totals.branches));
    if (totals.diff && totals.diff->lines.total > 0) rows.emplace_back("diff", counts_of(totals.diff->lines));
    if (totals.findings) rows.emplace_back("findings", counts_of(*totals.findings));
    if (totals.new_findings) rows.emplace_back("new", counts_of(*totals.new_findings));
    if (totals.performance) rows.emplace_back("load", counts_of(*totals.performance));
    for (const auto& one : totals.budgets)
        if (one.measure)
            rows.emplace_back(
                "budget", fmt::format("{}: {}", one.name,
                                      text_of(Quantity{one.measure->value, one.measure->unit == Measure::Unit::time})));
    for (const auto& size : totals.sizes)
        rows.emplace_back("size", fmt::format("{}: {} in {} file{}", size.name, shown_bytes(size.bytes), size.files,
                                              size.files == 1 ? "" : "s"));
    return rows;
}

std::string as_text(const Totals& totals) {
    std::string out;
    for (const auto& [name, counts] : lines_of(totals)) out += fmt::format("{:<9} {}\n", name, counts);
    return out;
}

std::string ranges_of(const DiffCoverage::File& file) {
    std::vector<std::string> ranges;
    for (const auto& [first, last] : file.missed)
        ranges.push_back(first == last ? std::to_string(first) : fmt::format("{}-{}", first, last));
    return join(ranges, ", ") + (file.measured ? "" : " (not measured)");
}

// What the change adds, file by file; first the files with the most lines that nothing covers.
report::Table table_of(const DiffCoverage& diff) {
    report::Table table{{"File", "Covered", "Lines not covered"}, {}, {}};
    for (const auto& file : diff.worst_first())
        table.rows.push_back({file.path, counts_of(file.lines), ranges_of(file)});
    return table;
}

report::Summary summary_of(const Totals& totals, const Judgement& judgement) {
    report::Summary summary{.heading = "fairlead-gate"};
    for (const auto& [name, counts] : lines_of(totals)) summary.points.push_back(fmt::format("{}: {}", name, counts));
    auto& table = summary.tables.emplace_back(report::Table{{"Rule", "Held", "Place", "Why"}, {}, "no"});
    const auto add = [&](const RuleResult& rule) {
        table.rows.push_back({rule.rule, rule.passed ? "yes" : "no", "", rule.text});
        for (const auto& finding : judgement.violations)
            if (finding.rule == rule.rule && finding.message != rule.text)
                table.rows.push_back({finding.rule, "", report::place_of(finding), finding.message});
    };
    for (const bool passed : {false, true}) // failures first: what a full summary leaves out is the least
        for (const auto& rule : judgement.rules)
            if (rule.passed == passed) add(rule);
    if (totals.diff && !totals.diff->files.empty()) summary.tables.push_back(table_of(*totals.diff));
    return summary;
}

std::vector<report::Case> cases_of(const Judgement& judgement) {
    std::vector<report::Case> cases;
    for (const auto& rule : judgement.rules) {
        auto& one = cases.emplace_back();
        one.suite = "gate";
        one.name = rule.rule;
        if (!rule.passed) one.failure = rule.text;
        one.finding = rule.rule;
    }
    return cases;
}

// One line: with a pass what it rests on, with a failure which rules did not hold.
std::string facts_of(const Totals& totals, const Judgement& judgement) {
    std::vector<std::string> parts;
    for (const auto& rule : judgement.rules)
        if (!rule.passed) parts.push_back(rule.text);
    if (!parts.empty()) return join(parts, "; ");
    const auto plural = [](std::uint64_t count) { return count == 1 ? "" : "s"; };
    if (totals.tests)
        parts.push_back(fmt::format("{} test{} passed", totals.tests->passed, plural(totals.tests->passed)));
    if (totals.lines) parts.push_back(percent(*totals.lines) + " % of lines covered");
    if (totals.diff && totals.diff->lines.total > 0)
        parts.push_back(percent(totals.diff->lines) + " % of the lines added since " + totals.diff->since);
    else if (totals.diff)
        parts.push_back("no measured line was added since " + totals.diff->since);
    if (totals.findings) {
        const auto errors = (totals.new_findings ? totals.new_findings : totals.findings)->error;
        parts.push_back(fmt::format("{} {}error{} found", errors, totals.new_findings ? "new " : "", plural(errors)));
    }
    if (totals.performance)
        parts.push_back(
            fmt::format("{} sample{} measured", totals.performance->samples, plural(totals.performance->samples)));
    if (!totals.required.empty()) {
        std::vector<std::string> tools;
        for (const auto& one : totals.required) tools.push_back(one.tool);
        parts.push_back(join(tools, ", ") + " passed");
    }
    if (!totals.budgets.empty())
        parts.push_back(fmt::format("{} budget{} kept", totals.budgets.size(), plural(totals.budgets.size())));
    for (const auto& size : totals.sizes) parts.push_back(fmt::format("{} of {}", shown_bytes(size.bytes), size.name));
    return join(parts, ", ");
}

void add_outputs(const Totals& totals, report::Report& out) {
    const auto add = [&](std::string name, auto value) {
        out.outputs.emplace_back(std::move(name), fmt::format("{}", value));
    };
    if (totals.tests) {
        add("tests", totals.tests->total());
        add("passed", totals.tests->passed);
        add("failed", totals.tests->failed + totals.tests->errors);
        add("skipped", totals.tests->skipped);
    }
    if (totals.lines) add("coverage", percent(*totals.lines));
    if (totals.diff && totals.diff->lines.total > 0) add("diff-coverage", percent(totals.diff->lines));
    if (totals.findings) {
        const FindingCounts& judged = totals.new_findings ? *totals.new_findings : *totals.findings;
        add("errors", judged.error);
        add("warnings", judged.warning);
    }
}

}

report::Report to_report(std::span<const Item> items, const Totals& totals, const Judgement& judgement) {
    report::Report out;
    out.tool = "gate";
    out.verdict = judgement.passed() ? report::Verdict::pass : report::Verdict::fail;
    out.findings = judgement.violations;
    out.looked.count =
        std::count_if(items.begin(), items.end(),
                      [](const Item& item) { return item.evidence.problem == Problem::none; }) +
        std::count_if(totals.sizes.begin(), totals.sizes.end(), [](const Size& size) { return size.files > 0; }) +
        std::count_if(totals.required.begin(), totals.required.end(),
                      [](const Required& one) { return one.complaint.empty(); });
    out.text = as_text(totals);
    out.facts = facts_of(totals, judgement);
    out.says = report::Says::verdict;
    out.summary = summary_of(totals, judgement);
    out.cases = cases_of(judgement);
    const Json members = sections(totals);
    for (const auto& [name, value] : members.items()) out.members.push_back(report::member(name, value));
    if (items.size() == 1 && items.front().evidence.problem != Problem::none)
        out.members.push_back(report::member("problem", name_of(items.front().evidence.problem)));
    if (items.size() > 1) {
        Json reports = Json::array();
        for (const auto& item : items) reports.push_back(json_of(item));
        out.members.push_back(report::member("reports", reports));
    }
    out.verdict_output = "verdict";
    out.outputs.emplace_back("verdict", "");
    add_outputs(totals, out);
    return out;
}

}
