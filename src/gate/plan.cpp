#include "gate/plan.h"
#include "base/text.h"
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
    return details.empty() ? text : fmt::format("{} ({})", text, join(details, ", "));
}

std::vector<std::string> limits_of(const Policy& policy) {
    auto tests = fmt::format("tests: at least {} must run, at most {} may fail", policy.min_tests, policy.max_failed);
    if (policy.max_skipped) tests += fmt::format(", at most {} may be skipped", text_of(*policy.max_skipped));
    auto findings = fmt::format("findings: at most {} error{}", policy.max_errors, policy.max_errors == 1 ? "" : "s");
    if (policy.max_warnings)
        findings += fmt::format(", at most {} warning{}", *policy.max_warnings, *policy.max_warnings == 1 ? "" : "s");
    std::string coverage = policy.min_lines
                               ? fmt::format("coverage: at least {} of the lines", percent_text(*policy.min_lines))
                               : "coverage: at least one line must be measured";
    if (policy.min_diff_lines)
        coverage += fmt::format(", at least {} of the lines that the change adds to {}",
                                percent_text(*policy.min_diff_lines), policy.base.empty() ? "its base" : policy.base);
    std::string age = "age: any";
    if (policy.age.judged) age = "age: written after the last change of a tracked file";
    if (policy.age.limit) age += fmt::format(", at most {} ago", format_duration(*policy.age.limit));
    return {std::move(tests), std::move(coverage), std::move(findings), std::move(age)};
}

}

report::Report plan_of(const Policy& policy) {
    report::Report out;
    out.tool = "gate";
    Json reports = Json::array(), limits = limits_of(policy);
    for (const auto& report : policy.reports) {
        out.text += fmt::format("would read     {}\n", text_of(report));
        reports.push_back({{"name", report.name}, {"paths", report.patterns}, {"optional", report.optional}});
    }
    out.summary.heading = "fairlead-gate: dry run, nothing was judged";
    for (const auto& limit : limits_of(policy)) out.text += fmt::format("would require  {}\n", limit);
    out.facts = fmt::format("would judge {} report{}", policy.reports.size(), policy.reports.size() == 1 ? "" : "s");
    out.members = {report::member("would_read", reports), report::member("would_hold_to", limits)};
    return out;
}

}
