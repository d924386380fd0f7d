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

// Names the input, and the place in fairlead.yml where it was written there.
template <typename T>
Result<T> named(const cli::Context& context, const std::string& input, std::string_view key, Result<T> value) {
    if (value.ok()) return value;
    Error error = value.error();
    error.message = input + ": " + error.message;
    const auto origin = context.origins.find(input);
    const auto written = context.section.at(key);
    const bool from_file = origin != context.origins.end() && origin->second.starts_with(context.config.file() + ":");
    if (from_file && written.present()) error.place = written.place();
    return error;
}

Result<std::int64_t> not_negative(const cli::Context& context, const std::string& input, std::string_view key,
                                  std::int64_t value) {
    return named(context, input, key, gate::parse_count(std::to_string(value)));
}

bool is_given(const cli::Context& context, const std::string& input) {
    const auto origin = context.origins.find(input);
    return origin != context.origins.end() && origin->second != "default";
}

Result<gate::Policy> policy_of(const Options& o, const cli::Context& context) {
    gate::Policy policy;
    policy.reports = o.reports.empty() ? gate::expected_reports(context.section) : gate::expected_reports(o.reports);
    if (policy.reports.empty())
        return usage("no report is named; give --report FILE or list them under gate: reports: in fairlead.yml");
    policy.wants_tests = is_given(context, "min-tests") || is_given(context, "max-failed") || o.max_skipped;
    policy.wants_findings = is_given(context, "max-errors") || o.max_warnings;
    policy.min_tests = TRY(not_negative(context, "min-tests", "tests.min", o.min_tests));
    policy.max_failed = TRY(not_negative(context, "max-failed", "tests.max_failed", o.max_failed));
    policy.max_errors = TRY(not_negative(context, "max-errors", "findings.max.error", o.max_errors));
    if (o.max_skipped)
        policy.max_skipped = TRY(named(context, "max-skipped", "tests.max_skipped", gate::parse_limit(*o.max_skipped)));
    if (o.min_coverage)
        policy.min_lines =
            TRY(named(context, "min-coverage", "coverage.total.lines", gate::parse_percent(*o.min_coverage)));
    if (o.max_warnings)
        policy.max_warnings =
            TRY(named(context, "max-warnings", "findings.max.warning", gate::parse_count(*o.max_warnings)));
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
