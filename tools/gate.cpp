#include "inputs/gate.h"
#include "cli/keep.h"
#include "cli/run.h"
#include "gate/covered_sources.h"
#include "gate/formats/write_cobertura.h"
#include "gate/plan.h"
#include "gate/report.h"
#include "gate/report_rules.h"
#include "sys/clock.h"
#include <algorithm>
#include <filesystem>
#include <fmt/format.h>

using namespace fairlead;

namespace {

// Paths of fairlead.yml start at its folder, those of the command line where we are.
gate::Folders folders_of(const gate::Options& o, const cli::Context& context) {
    const auto folder = std::filesystem::current_path().string();
    return {gate::repository_root(folder), o.reports.empty() ? context.config.folder() : folder};
}

Result<gate::Policy> with_section(const gate::Options& o, const cli::Context& context) {
    gate::Policy policy = o.policy;
    TRY_VOID(gate::read_section(context.section, policy));
    if (!o.reports.empty()) policy.reports = gate::expected_reports(o.reports);
    if (const auto diff = context.section["coverage"]["diff"]; diff.present() && !policy.min_diff_lines)
        return diff.error("without lines this has no effect; add lines: 80, the percentage to cover");
    return policy;
}

// The key and the default start at the folder of fairlead.yml, the flag where we are.
Result<gate::BaselineFile> baseline_of(const gate::Options& o, const cli::Context& context) {
    const auto place = context.place_of("baseline", "baseline");
    const bool is_flag = context.is_given("baseline") && place.line == 0;
    const auto folder = is_flag ? std::filesystem::current_path().string() : context.config.folder();
    return gate::BaselineFile::at(gate::repository_root(folder), folder, o.policy.baseline, place);
}

Result<gate::Policy> policy_of(const gate::Options& o, const cli::Context& context) {
    auto policy = TRY(with_section(o, context));
    for (const auto& output : context.output) // FORMAT:FILE or FILE
        TRY_VOID(gate::refuse_output(policy.reports, folders_of(o, context), output.substr(output.find(':') + 1)));
    if (policy.reports.empty() && policy.sizes.empty() && policy.require.empty())
        return usage("no report is named; give --report FILE, or list reports under gate: reports: in fairlead.yml");
    policy.wants_tests = context.is_given("min-tests") || context.is_given("max-failed") || policy.max_skipped ||
                         policy.max_flaky || policy.max_fewer_tests || !policy.must_run.empty();
    policy.wants_findings = context.is_given("max-errors") || policy.max_warnings || policy.judges_some();
    policy.age.config_file = gate::real_path(context.config.file());
    policy.age.run_started = TRY(gate::parse_run_started(context.variables.get_or("FAIRLEAD_RUN_STARTED", "")));
    TRY_VOID(gate::refuse_folders(policy, folders_of(o, context)));
    if ((o.writes_baseline || context.is_given("baseline")) && !policy.compares())
        return usage("nothing is compared with the baseline; to compare, set coverage: max_drop:, tests: max_fewer:, "
                     "findings: scope: new, or max_growth: of size: or performance: under gate: in fairlead.yml",
                     context.place_of("baseline", "baseline"));
    if (!policy.compares()) return policy;
    const auto baseline = TRY(baseline_of(o, context));
    if (o.writes_baseline) TRY_VOID(baseline.read()); // never over another file
    return policy;
}

std::vector<std::string> writes(const gate::Options& o, const cli::Context& context) {
    if (!o.writes_baseline || context.dry_run) return {};
    const auto baseline = baseline_of(o, context);
    return baseline.ok() ? std::vector{baseline->full_path()} : std::vector<std::string>();
}

cli::Spec spec(gate::Options& o) {
    cli::Spec spec;
    spec.tool = "gate";
    spec.findings_key = "violations"; // `findings` are counts
    spec.summary = "Judges reports of tests, coverage and findings, to decide whether a change may go ahead.";
    spec.details = "Reads JUnit XML, LCOV, Cobertura, SARIF, findings of linters and scanners, and load tests of "
                   "JMeter and k6. It recognises a format by the content. Without thresholds a report passes if tests "
                   "ran and no test failed, if lines were measured, if no finding is an error, and if no sample of a "
                   "load test failed. A report that is missing, empty or unreadable never passes.";
    spec.inputs = gate::inputs(o);
    spec.outputs = {
        {"verdict", "pass or fail."},
        {"tests", "Number of tests that the reports list."},
        {"passed", "Number of passed tests."},
        {"failed", "Number of failed tests, including errors."},
        {"skipped", "Number of skipped tests."},
        {"coverage", "Percentage of lines covered, cut to two digits."},
        {"errors", "Number of findings of level error; with findings-scope: diff or new, of the new ones."},
        {"warnings", "Number of findings of level warning; with findings-scope: diff or new, of the new ones."},
        {"diff-coverage", "Percentage of the added lines covered, cut to two digits; only with min-diff-coverage."},
    };
    spec.formats = {"cobertura"};
    spec.section = gate::fields();
    spec.milder = gate::milder();
    spec.rules = gate::report_rules();
    spec.check = [&o](const cli::Context& context) { return cli::whether(policy_of(o, context)); };
    spec.check_output = [&o](const cli::Context& context, const std::string& path) -> Result<void> {
        const auto policy = TRY(with_section(o, context));
        return gate::refuse_output(policy.reports, folders_of(o, context), path);
    };
    spec.writes = [&o](const cli::Context& context) { return writes(o, context); };
    spec.examples = {
        "fairlead-gate --report build/junit.xml",
        "fairlead-gate --report 'build/**/TEST-*.xml' --report coverage.info --min-tests 20 --min-coverage 80",
        "fairlead-gate --report coverage.info --min-diff-coverage 90 --base origin/main",
    };
    spec.action_examples = {
        {.with = {{"report", "reports/junit.xml"}, {"min-tests", "10"}}, .before = "make test"},
        {.title = "Tests and coverage together, from any number of reports:",
         .with = {{"report", "build/**/TEST-*.xml\ncoverage.info"}, {"min-coverage", "80"}, {"max-skipped", "5%"}}},
        {.title = "The findings of a linter, and the verdict as a file for code scanning:",
         .with = {{"report", "out/lint.sarif"}, {"max-warnings", "5"}, {"output", "reports/gate.sarif"}},
         .before = "make lint"}};
    return spec;
}

// A run that writes the baseline takes all findings as known.
std::optional<gate::KnownFindings> known_findings(const gate::Options& o, const gate::Policy& policy,
                                                  const std::optional<gate::Past>& past) {
    if (!policy.judges_new()) return std::nullopt;
    if (o.writes_baseline) return gate::KnownFindings(std::nullopt);
    if (!past || !past->baseline) return gate::KnownFindings(gate::KnownFindings::Ids());
    return gate::KnownFindings(past->baseline->findings.value_or(gate::KnownFindings::Ids()));
}

bool wants_cobertura(const cli::Context& context) {
    return context.format == "cobertura" ||
           std::any_of(context.output.begin(), context.output.end(),
                       [](const std::string& output) { return output.starts_with("cobertura:"); });
}

Result<report::Report> judge(const gate::Options& o, const cli::Context& context) {
    const auto policy = TRY(policy_of(o, context));
    if (context.dry_run) return gate::plan_of(policy);
    const auto folders = folders_of(o, context);
    TRY_VOID(gate::refuse_roots(policy, folders));
    std::optional<gate::BaselineFile> baseline;
    if (policy.compares()) baseline = TRY(baseline_of(o, context));
    const bool wants_lines = policy.min_diff_lines || policy.judges_diff() || !policy.base.empty();
    const bool wants_past = baseline && !o.writes_baseline;
    std::optional<gate::Base> base;
    if (wants_lines || wants_past) base = TRY(gate::Base::find(folders.root, policy.base, context.change));
    std::optional<gate::ChangedLines> changed;
    if (wants_lines) changed = TRY(base->added_lines());
    std::optional<gate::Past> past;
    if (wants_past) past = TRY(gate::past_of(*baseline, *base));
    auto freshness = TRY(gate::Freshness::of(policy.age, folders.base, sys::real_clock().now()));
    auto known = known_findings(o, policy, past);
    const auto items = TRY(gate::collect(policy, folders, freshness,
                                         {policy.judges_diff() ? &*changed : nullptr, known ? &*known : nullptr}));
    auto totals = gate::sum(items, changed ? &*changed : nullptr, policy);
    totals.sizes = TRY(gate::measure_sizes(policy.sizes, {folders.root, context.config.folder()}));
    if (known && o.writes_baseline && totals.findings) totals.finding_ids = known->kept();
    const auto kept = cli::folder_of_verdicts(context);
    totals.required = TRY(gate::required(policy.require, kept.empty() ? folders.base : kept, freshness));
    const auto judgement = gate::judge(policy, items, totals, past ? &*past : nullptr);
    auto report = gate::to_report(items, totals, judgement);
    if (totals.diff) report.sources = gate::covered_sources(*totals.diff, folders.root);
    report.looked.at_all = o.reports.empty();
    if (wants_cobertura(context)) report.bodies["cobertura"] = gate::write_cobertura(gate::merged_coverage(items));
    if (past) {
        const auto now = TRY(baseline->read());
        if (auto told = gate::lowered(*past, now.value_or(gate::Baseline()), totals, policy))
            report.findings.push_back(std::move(*told));
    }
    if (!o.writes_baseline || !baseline) return report;
    const bool writes = judgement.passed();
    if (writes) TRY_VOID(baseline->write(totals));
    report.facts += writes ? fmt::format("; {} is written", baseline->path()) : "; the baseline isn't written";
    return report;
}

}

int main(int argc, char** argv) {
    gate::Options o;
    return cli::run(spec(o), argc, argv, [&](const cli::Context& context) { return judge(o, context); });
}
