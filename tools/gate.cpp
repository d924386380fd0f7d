#include "cli/run.h"
#include "gate/plan.h"
#include "gate/report.h"
#include "gate/report_rules.h"
#include "sys/clock.h"
#include <filesystem>
#include <iterator>

using namespace fairlead;

namespace {

struct Options {
    std::vector<std::string> reports;
    gate::Policy policy;
};

// Paths of fairlead.yml start at its folder, those of the command line where we are.
gate::Folders folders_of(const Options& o, const cli::Context& context) {
    const auto folder = std::filesystem::current_path().string();
    return {gate::repository_root(folder), o.reports.empty() ? context.config.folder() : folder};
}

Result<std::vector<gate::Expected>> reports_of(const Options& o, const cli::Context& context) {
    if (o.reports.empty()) return gate::expected_reports(context.section);
    return gate::expected_reports(o.reports);
}

Result<gate::Policy> policy_of(const Options& o, const cli::Context& context) {
    gate::Policy policy = o.policy;
    policy.reports = TRY(reports_of(o, context));
    for (const auto& output : context.output) // FORMAT:FILE or FILE
        TRY_VOID(gate::refuse_output(policy.reports, folders_of(o, context), output.substr(output.find(':') + 1)));
    if (policy.reports.empty())
        return usage("no report is named; give --report FILE or list them under gate: reports: in fairlead.yml");
    policy.wants_tests = context.is_given("min-tests") || context.is_given("max-failed") || policy.max_skipped;
    policy.wants_findings = context.is_given("max-errors") || policy.max_warnings;
    policy.age.config_file = gate::real_path(context.config.file());
    policy.age.run_started = TRY(gate::parse_run_started(context.variables.get_or("FAIRLEAD_RUN_STARTED", "")));
    TRY_VOID(gate::refuse_folders(policy, folders_of(o, context)));
    return policy;
}

cli::Spec spec(Options& o) {
    using cli::to;
    gate::Policy& policy = o.policy;
    cli::Spec spec;
    spec.tool = "gate";
    spec.findings_key = "violations"; // `findings` are counts
    spec.summary = "Judges test, coverage and findings reports: may this change go ahead?";
    spec.details =
        "Reads JUnit XML, LCOV, Cobertura and SARIF, told apart by their content. Without thresholds a report "
        "passes when tests ran and none failed, when lines were measured, and when no finding is an error. A "
        "report that is missing, empty or unreadable never passes.";
    spec.inputs = {
        {.name = "report",
         .target = &o.reports,
         .help = "Reports to judge: paths or globs; default: those of fairlead.yml.",
         .placeholder = "FILE",
         .positional = true,
         .lines = true},
        {.name = "max-age",
         .target = to(policy.age, Type::age, gate::parse_max_age),
         .help = "How old a report may be (1h), beside being younger than the tracked files; off: of any age and run.",
         .key = "max_age",
         .placeholder = "AGE|off"},
        {.name = "min-tests",
         .target = {&policy.min_tests, Type::count},
         .help = "How many tests must have run; skipped ones do not count.",
         .key = "tests.min",
         .group = "tests",
         .placeholder = "N"},
        {.name = "max-failed",
         .target = {&policy.max_failed, Type::count},
         .help = "How many tests may fail.",
         .key = "tests.max_failed",
         .placeholder = "N"},
        {.name = "max-skipped",
         .target = to(policy.max_skipped, Type::limit, gate::parse_limit),
         .help = "How many tests may be skipped, as a number or a share (5%).",
         .key = "tests.max_skipped",
         .placeholder = "N|N%"},
        {.name = "min-coverage",
         .target = to(policy.min_lines, Type::percent, gate::parse_percent),
         .help = "Percent of lines that tests must cover.",
         .key = "coverage.total.lines",
         .group = "coverage",
         .placeholder = "PERCENT"},
        {.name = "max-errors",
         .target = {&policy.max_errors, Type::count},
         .help = "How many findings of level error there may be.",
         .key = "findings.max.error",
         .group = "findings",
         .placeholder = "N"},
        {.name = "max-warnings",
         .target = to(policy.max_warnings, Type::count, gate::parse_count),
         .help = "How many findings of level warning there may be.",
         .key = "findings.max.warning",
         .placeholder = "N"},
    };
    spec.outputs = {
        {"verdict", "pass or fail."},           {"tests", "How many tests the reports list."},
        {"passed", "How many passed."},         {"failed", "How many failed, errors included."},
        {"skipped", "How many were skipped."},  {"coverage", "Percent of lines covered, cut to two digits."},
        {"errors", "Findings of level error."}, {"warnings", "Findings of level warning."},
    };
    spec.section = gate::fields();
    spec.milder = gate::milder();
    spec.rules = gate::report_rules();
    spec.check = [&o](const cli::Context& context) { return cli::whether(policy_of(o, context)); };
    spec.check_output = [&o](const cli::Context& context, const std::string& path) -> Result<void> {
        const auto reports = TRY(reports_of(o, context));
        return gate::refuse_output(reports, folders_of(o, context), path);
    };
    spec.examples = {
        "fairlead-gate --report build/junit.xml",
        "fairlead-gate --report 'build/**/TEST-*.xml' --report coverage.info --min-tests 20 --min-coverage 80",
    };
    spec.action_examples = {
        {.with = {{"report", "reports/junit.xml"}, {"min-tests", "10"}}, .before = "make test"},
        {.title = "Tests and coverage together, as many reports as there are:",
         .with = {{"report", "build/**/TEST-*.xml\ncoverage.info"}, {"min-coverage", "80"}, {"max-skipped", "5%"}}},
        {.title = "What a linter found, and the verdict as a file for code scanning:",
         .with = {{"report", "out/lint.sarif"}, {"max-warnings", "5"}, {"output", "reports/gate.sarif"}},
         .before = "make lint"}};
    return spec;
}

Result<report::Report> judge(const Options& o, const cli::Context& context) {
    const auto policy = TRY(policy_of(o, context));
    if (context.dry_run) return gate::plan_of(policy);
    const auto folders = folders_of(o, context);
    TRY_VOID(gate::refuse_roots(policy, folders));
    const auto items = TRY(gate::collect(policy, folders, sys::real_clock().now()));
    const auto totals = gate::sum(items);
    auto report = gate::to_report(items, totals, gate::judge(policy, items, totals));
    report.looked.at_all = o.reports.empty();
    return report;
}

}

int main(int argc, char** argv) {
    Options o;
    return cli::run(spec(o), argc, argv, [&](const cli::Context& context) { return judge(o, context); });
}
