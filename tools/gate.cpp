#include "cli/run.h"
#include "cli/spec.h"
#include "gate/report.h"
#include <filesystem>

using namespace fairlead;

namespace {

struct Options {
    std::vector<std::string> reports;
    std::int64_t min_tests = 1;
    std::int64_t max_failed = 0;
    std::int64_t max_errors = 0;
    std::optional<std::string> max_skipped, min_coverage, max_warnings;
};

cli::Spec spec(Options& o) {
    cli::Spec spec;
    spec.tool = "gate";
    spec.summary = "Judges test, coverage and findings reports: may this change go on?";
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
        {.name = "min-tests",
         .target = &o.min_tests,
         .help = "How many tests must have run; skipped ones do not count.",
         .key = "tests.min",
         .placeholder = "N"},
        {.name = "max-failed",
         .target = &o.max_failed,
         .help = "How many tests may fail.",
         .key = "tests.max_failed",
         .placeholder = "N"},
        {.name = "max-skipped",
         .target = &o.max_skipped,
         .help = "How many tests may be skipped, as a number or a share (5%).",
         .key = "tests.max_skipped",
         .placeholder = "N|N%"},
        {.name = "min-coverage",
         .target = &o.min_coverage,
         .help = "Percent of lines that tests must cover.",
         .key = "coverage.total.lines",
         .placeholder = "PERCENT"},
        {.name = "max-errors",
         .target = &o.max_errors,
         .help = "How many findings of level error there may be.",
         .key = "findings.max.error",
         .placeholder = "N"},
        {.name = "max-warnings",
         .target = &o.max_warnings,
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
    spec.examples = {
        "fairlead-gate --report build/junit.xml",
        "fairlead-gate --report 'build/**/TEST-*.xml' --report coverage.info --min-tests 20 --min-coverage 80",
    };
    return spec;
}

// "--max-failed: '-1' ..." and so on: the message names the input, its origin stands in the configuration's place.
Error about(const char* input, Error error) {
    error.message = std::string(input) + ": " + error.message;
    return error;
}

Result<gate::Policy> policy_of(const Options& o, const cli::Context& context) {
    gate::Policy policy;
    policy.reports = o.reports.empty() ? gate::expected_reports(context.section) : gate::expected_reports(o.reports);
    if (policy.reports.empty())
        return usage("no report is named; give --report FILE or list them under gate: reports: in fairlead.yml");
    for (const auto& [input, value] : {std::pair("min-tests", o.min_tests), std::pair("max-failed", o.max_failed),
                                       std::pair("max-errors", o.max_errors)})
        if (value < 0) return usage(std::string(input) + " is negative; expected 0 or more");
    for (const auto* input : {"min-tests", "max-failed", "max-skipped"}) {
        const auto origin = context.origins.find(input);
        policy.wants_tests |= origin != context.origins.end() && origin->second != "default";
    }
    policy.min_tests = o.min_tests;
    policy.max_failed = o.max_failed;
    policy.max_errors = o.max_errors;
    if (o.max_skipped) {
        auto limit = gate::parse_limit(*o.max_skipped);
        if (!limit) return about("max-skipped", limit.error());
        policy.max_skipped = limit.value();
    }
    if (o.min_coverage) {
        auto share = gate::parse_percent(*o.min_coverage);
        if (!share) return about("min-coverage", share.error());
        policy.min_lines = share.value();
    }
    if (o.max_warnings) {
        auto limit = gate::parse_count(*o.max_warnings);
        if (!limit) return about("max-warnings", limit.error());
        policy.max_warnings = limit.value();
    }
    return policy;
}

Result<report::Report> judge(const Options& o, const cli::Context& context) {
    const auto policy = TRY(policy_of(o, context));
    const auto folder = std::filesystem::current_path().string();
    gate::Folders folders{gate::repository_root(folder), folder};
    if (o.reports.empty()) folders.base = context.config.folder();
    const auto items = TRY(gate::collect(policy, folders));
    const auto totals = gate::sum(items);
    return gate::to_report(items, totals, gate::judge(policy, items, totals));
}

}

int main(int argc, char** argv) {
    Options o;
    return cli::run(spec(o), argc, argv, [&](const cli::Context& context) { return judge(o, context); });
}
