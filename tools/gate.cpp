#include "inputs/gate.h"
#include "base/text.h"
#include "base/words.h"
#include "cli/comment.h"
#include "cli/inputs.h"
#include "cli/keep.h"
#include "cli/run.h"
#include "gate/collect/shards.h"
#include "gate/plan.h"
#include "gate/report_rules.h"
#include "gate/run.h"
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
    if (!o.shards.empty()) {
        policy.shards = gate::split_patterns(join(o.shards, "\n"));
        policy.shards_place = {};
    }
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

// A name that is meant for a reference is never taken for a file, which the base wouldn't have.
bool is_note(const gate::Policy& policy) {
    const auto name = lower(policy.baseline);
    const bool is_file = name.ends_with(".json");
    return name.find("refs/notes") != std::string::npos || name.starts_with("refs/") ||
           (name.starts_with("notes/") && !is_file);
}

Result<void> check_note(const gate::Options& o, const cli::Context& context) {
    const auto place = context.place_of("baseline", "baseline");
    const auto& baseline = o.policy.baseline;
    const auto name = baseline.starts_with(gate::notes_folder) ? baseline.substr(gate::notes_folder.size()) : "";
    if (name.empty() || name.find_first_of(" ~^:?*[\\") != std::string::npos || name.find("..") != std::string::npos)
        return usage(
            fmt::format("'{}' is not a reference of notes; write {}NAME, or a file", baseline, gate::notes_folder),
            place);
    if (!o.writes_baseline) return {};
    return usage(
        fmt::format("'{}' is a reference; write a file with --baseline build/gate.json, then git notes --ref {} "
                    "add -f -F build/gate.json",
                    baseline, baseline.substr(gate::notes_folder.size())),
        place);
}

Result<void> refuse_shard(const gate::Options& o, const gate::Policy& policy, const cli::Context& context) {
    if (o.shard.empty()) return {};
    auto unused = o;
    for (const auto& input : gate::inputs(unused)) {
        const bool counts = is_one_of(input.name, {"report", "collect", "max-age"});
        if (!counts && context.is_given(input.name) && context.place_of(input.name, input.key).line == 0)
            return usage(fmt::format("--collect judges nothing, so it can't be used with --{}", input.name));
    }
    if (!o.reports.empty() && (context.section["reports"].present() || context.section["shards"].present()))
        return usage("--collect packs the reports of fairlead.yml, which the last job looks for; leave --report out");
    if (policy.reports.empty())
        return usage("no report is named, so there is nothing to collect; give --report FILE, or list reports under "
                     "gate: reports: in fairlead.yml");
    return gate::refuse_shard_folder(o.shard, policy, folders_of(o, context));
}

Result<gate::Policy> policy_of(const gate::Options& o, const cli::Context& context) {
    auto policy = TRY(with_section(o, context));
    for (const auto& output : context.output) // FORMAT:FILE or FILE
        TRY_VOID(gate::refuse_output(policy.reports, folders_of(o, context), output.substr(output.find(':') + 1)));
    TRY_VOID(refuse_shard(o, policy, context));
    if (policy.reports.empty() && policy.sizes.empty() && policy.require.empty() && policy.shards.empty())
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
    if (const auto age = context.section["findings"]["max_age"]; policy.max_known && !policy.judges_new())
        return age.error("without findings: scope: new this has no effect; add scope: new");
    if (!policy.compares()) return policy;
    if (is_note(policy)) {
        TRY_VOID(check_note(o, context));
        return policy;
    }
    const auto baseline = TRY(baseline_of(o, context));
    if (o.writes_baseline) TRY_VOID(baseline.read()); // never over another file
    return policy;
}

std::vector<std::string> writes(const gate::Options& o, const cli::Context& context) {
    if (context.dry_run) return {};
    if (!o.shard.empty()) return {std::filesystem::absolute(o.shard).lexically_normal().string() + "/"};
    if (!o.writes_baseline) return {};
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
    spec.judges = {""};
    spec.harmless = {"comment-token"};
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
    cli::let_comment(spec, o.comment_token);
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
        "fairlead-gate --report build/junit.xml --collect shards/linux",
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

bool wants_cobertura(const cli::Context& context) {
    return context.format == "cobertura" ||
           std::any_of(context.output.begin(), context.output.end(),
                       [](const std::string& output) { return output.starts_with("cobertura:"); });
}

std::string origin_of(const gate::Options& o, const cli::Context& context, std::string_view key) {
    auto unused = o;
    for (const auto& input : gate::inputs(unused))
        if (input.key == key) return context.origins.at(input.name);
    const auto value = context.section.at(key);
    return value.present() ? cli::origin_of(value) : "default";
}

Result<report::Report> judge(const gate::Options& o, const cli::Context& context) {
    gate::Asking asking;
    asking.policy = TRY(policy_of(o, context));
    asking.folders = folders_of(o, context);
    if (context.dry_run)
        return o.shard.empty() ? gate::plan_of(asking.policy) : gate::plan_of_shard(asking.policy, o.shard);
    if (asking.policy.compares() && is_note(asking.policy))
        asking.note = asking.policy.baseline;
    else if (asking.policy.compares())
        asking.baseline = TRY(baseline_of(o, context));
    asking.writes_baseline = o.writes_baseline;
    if (const auto noted = context.section["baseline"].text();
        o.writes_baseline && noted.starts_with(gate::notes_folder))
        asking.note = noted;
    asking.shard = o.shard;
    asking.change = context.change;
    asking.config_folder = context.config.folder();
    asking.verdicts = cli::folder_of_verdicts(context);
    asking.wants_cobertura = wants_cobertura(context);
    if (context.explain) asking.explains = [&](std::string_view key) { return origin_of(o, context, key); };
    auto report = TRY(gate::run(asking));
    report.looked.at_all = o.reports.empty() && o.shard.empty();
    return report;
}

}

int main(int argc, char** argv) {
    gate::Options o;
    return cli::run(spec(o), argc, argv, [&](const cli::Context& context) { return judge(o, context); });
}
