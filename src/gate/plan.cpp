#include "gate/plan.h"
#include "base/text.h"
#include "gate/collect/shards.h"
#include "sys/data/json.h"
#include <fmt/format.h>

namespace fairlead::gate {

namespace {

using sys::Json;

std::string text_of(const Expected& report) {
    auto text = join(report.patterns, ", ");
    if (!report.name.empty()) text = report.name + ": " + text;
    std::vector<std::string> details;
    if (!report.format.empty()) details.push_back(report.format);
    if (!report.root.empty()) details.push_back("paths start at " + report.root);
    if (report.min_files > 1) details.push_back(fmt::format("at least {} files", report.min_files));
    if (report.optional) details.emplace_back("optional");
    if (report.lenient) details.emplace_back("control characters are blanks");
    return details.empty() ? text : fmt::format("{} ({})", text, join(details, ", "));
}

std::string text_of(const PathLimit& limit) {
    std::string text;
    if (limit.lines) text += fmt::format(", {} of the lines of {}", percent_text(*limit.lines), limit.path);
    if (limit.branches) text += fmt::format(", {} of the branches of {}", percent_text(*limit.branches), limit.path);
    return text;
}

std::string text_of(const SizeLimit& limit, const std::string& base) {
    std::vector<std::string> parts;
    if (limit.max) parts.push_back("at most " + shown_bytes(*limit.max));
    if (limit.max_growth)
        parts.push_back(fmt::format("at most {} more than at {}", percent_text(*limit.max_growth), base));
    return fmt::format("size: {} {}", limit.name(), join(parts, ", "));
}

std::string text_of(const Budget& budget, const std::string& base) {
    const auto than = budget.than.empty() ? "at " + base : budget.than;
    std::vector<std::string> parts;
    if (budget.max) parts.push_back("at most " + text_of(*budget.max));
    if (budget.min) parts.push_back("at least " + text_of(*budget.min));
    if (budget.max_growth)
        parts.push_back(fmt::format("at most {} more than {}", percent_text(*budget.max_growth), than));
    if (budget.max_drop) parts.push_back(fmt::format("at most {} less than {}", percent_text(*budget.max_drop), than));
    return fmt::format("performance: {} {}", budget.name(), join(parts, ", "));
}

std::string names_of(std::span<const ExpectedShard> shards) {
    std::vector<std::string> names;
    for (const auto& shard : shards) names.push_back(shard.name);
    return join(names, ", ");
}

std::vector<std::string> limits_of(const Policy& policy) {
    const std::string base = policy.base.empty() ? "its base" : policy.base;
    const auto of_any = [](bool wanted) { return wanted ? "" : ", if a report has any"; };
    auto tests = fmt::format("tests{}: at least {} must run, at most {} may fail", of_any(policy.wants_tests),
                             policy.min_tests, policy.max_failed);
    if (policy.max_skipped) tests += fmt::format(", at most {} may be skipped", text_of(*policy.max_skipped));
    if (policy.max_flaky) tests += fmt::format(", at most {} may be flaky", *policy.max_flaky);
    if (policy.max_fewer_tests) tests += fmt::format(", at most {} fewer than at {}", *policy.max_fewer_tests, base);
    for (const auto& name : policy.must_run) tests += fmt::format(", {} must run", name);
    if (policy.repeated == "last") tests += ", of a repeated test the last result counts";
    auto findings = fmt::format("findings{}: at most {} error{}", of_any(policy.wants_findings), policy.max_errors,
                                policy.max_errors == 1 ? "" : "s");
    if (policy.judges_diff()) findings += " that the change brings";
    if (policy.judges_new()) findings += fmt::format(" that the baseline of {} doesn't have", base);
    if (policy.max_known) findings += fmt::format(", or has for longer than {}", format_duration(*policy.max_known));
    if (policy.max_warnings)
        findings += fmt::format(", at most {} warning{}", *policy.max_warnings, *policy.max_warnings == 1 ? "" : "s");
    if (policy.security_severity)
        findings += fmt::format(", a security severity of {} or more is an error", *policy.security_severity);
    std::string coverage = policy.min_lines
                               ? fmt::format("coverage: at least {} of the lines", percent_text(*policy.min_lines))
                               : fmt::format("coverage{}: at least one line must be measured",
                                             of_any(policy.min_branches || policy.max_drop || policy.min_diff_lines ||
                                                    !policy.by_path.empty()));
    if (policy.min_branches)
        coverage += fmt::format(", at least {} of the branches", percent_text(*policy.min_branches));
    for (const auto& limit : policy.by_path) coverage += text_of(limit);
    if (policy.max_drop) coverage += fmt::format(", at most {} less than at {}", percent_text(*policy.max_drop), base);
    if (policy.min_diff_lines)
        coverage += fmt::format(", at least {} of the lines that the change adds to {}",
                                percent_text(*policy.min_diff_lines), base);
    std::string age = "age: any";
    if (policy.age.judged) age = "age: written after the last change of a tracked file";
    if (policy.age.limit) age += fmt::format(", at most {} ago", format_duration(*policy.age.limit));
    std::vector<std::string> all{std::move(tests), std::move(coverage), std::move(findings), std::move(age)};
    if (!policy.expected_shards.empty()) all.push_back("shards: " + names_of(policy.expected_shards));
    if (!policy.require.empty()) all.push_back("verdicts: " + join(policy.require, ", ") + " must have passed");
    for (const auto& limit : policy.sizes) all.push_back(text_of(limit, base));
    for (const auto& budget : policy.budgets) all.push_back(text_of(budget, base));
    return all;
}

}

report::Report plan_of_shard(const Policy& policy, const std::string& folder) {
    report::Report out;
    out.tool = "gate";
    std::vector<std::string> paths;
    for (const auto& report : policy.reports) {
        if (!policy.takes_of_shard(shard_of_folder(folder), report)) continue;
        paths.push_back(text_of(report));
        out.text += fmt::format("would pack     {}\n", paths.back());
    }
    out.text += fmt::format("would write    {}\n", folder);
    out.summary.heading = "fairlead-gate: dry run, nothing was packed";
    out.facts = fmt::format("would pack {} report{}", paths.size(), paths.size() == 1 ? "" : "s");
    out.members = {report::member("would_read", Json(paths))};
    return out;
}

report::Report plan_of(const Policy& policy) {
    report::Report out;
    out.tool = "gate";
    Json reports = Json::array(), limits = limits_of(policy);
    for (const auto& report : policy.reports) {
        out.text += fmt::format("would read     {}\n", text_of(report));
        reports.push_back({{"name", report.name}, {"paths", report.patterns}, {"optional", report.optional}});
    }
    if (!policy.shards.empty()) out.text += fmt::format("would read     shards: {}\n", join(policy.shards, ", "));
    out.summary.heading = "fairlead-gate: dry run, nothing was judged";
    for (const auto& limit : limits_of(policy)) out.text += fmt::format("would require  {}\n", limit);
    out.facts = fmt::format("would judge {} report{}", policy.reports.size(), policy.reports.size() == 1 ? "" : "s");
    out.members = {report::member("would_read", reports), report::member("would_hold_to", limits)};
    return out;
}

}
