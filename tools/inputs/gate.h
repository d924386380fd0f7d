#pragma once
// The flags of fairlead-gate.

#include "cli/declare.h"
#include "gate/collect/required.h"
#include "gate/policy.h"
#include <string>
#include <vector>

namespace fairlead::gate {

struct Options {
    std::vector<std::string> reports, shards;
    Secret comment_token;
    std::string shard; // the folder to pack the reports into
    Policy policy;
    bool writes_baseline = false;
};

inline std::vector<cli::Input> inputs(Options& o) {
    using cli::to;
    Policy& policy = o.policy;
    return {
        {.name = "report",
         .target = &o.reports,
         .help = "Reports to judge: paths or globs; default: the reports of fairlead.yml.",
         .placeholder = "FILE",
         .positional = true,
         .lines = true},
        {.name = "shard",
         .target = &o.shards,
         .help = "Shards of other jobs to judge together: the shard.json of each, as paths or globs.",
         .placeholder = "FILE",
         .lines = true},
        {.name = "collect",
         .target = &o.shard,
         .help = "Judges nothing, and packs the reports into this folder, as a shard for the job that judges all.",
         .placeholder = "FOLDER"},
        {.name = "require",
         .target = &o.policy.require,
         .help = "Tools whose last verdict must be a pass, for this commit.",
         .allowed = tools_with_verdict(),
         .key = "require",
         .placeholder = "TOOL"},
        {.name = "max-age",
         .target = to(policy.age, Type::age, parse_max_age),
         .help =
             "Maximum age of a report (1h); it must also be newer than the tracked files; off: any age and any run.",
         .key = "max_age",
         .placeholder = "AGE|off"},
        {.name = "min-tests",
         .target = {&policy.min_tests, Type::count},
         .help = "Minimum number of tests that must have run; skipped tests do not count.",
         .key = "tests.min",
         .group = "tests",
         .placeholder = "N"},
        {.name = "max-failed",
         .target = {&policy.max_failed, Type::count},
         .help = "Maximum number of failed tests.",
         .key = "tests.max_failed",
         .placeholder = "N"},
        {.name = "max-skipped",
         .target = to(policy.max_skipped, Type::limit, parse_limit),
         .help = "Maximum number of skipped tests, as a number or a share (5%).",
         .key = "tests.max_skipped",
         .placeholder = "N|N%"},
        {.name = "max-flaky",
         .target = to(policy.max_flaky, Type::count, parse_count),
         .help = "Maximum number of flaky tests, which failed in one attempt but not in all.",
         .key = "tests.max_flaky",
         .placeholder = "N"},
        {.name = "max-fewer-tests",
         .target = to(policy.max_fewer_tests, Type::count, parse_count),
         .help = "How many tests fewer may run than the baseline of the base counts.",
         .key = "tests.max_fewer",
         .placeholder = "N"},
        {.name = "min-coverage",
         .target = to(policy.min_lines, Type::percent, parse_percent),
         .help = "Percentage of lines that the tests must cover.",
         .key = "coverage.total.lines",
         .group = "coverage",
         .placeholder = "PERCENT"},
        {.name = "min-branch-coverage",
         .target = to(policy.min_branches, Type::percent, parse_percent),
         .help = "Percentage of branches that the tests must cover.",
         .key = "coverage.total.branches",
         .placeholder = "PERCENT"},
        {.name = "max-coverage-drop",
         .target = to(policy.max_drop, Type::percent, parse_percent),
         .help = "By how many percentage points the coverage of lines may be below the number in the base's baseline.",
         .key = "coverage.max_drop",
         .placeholder = "PERCENT"},
        {.name = "min-diff-coverage",
         .target = to(policy.min_diff_lines, Type::percent, parse_percent),
         .help = "Percentage of the measured lines of the change that the tests must cover.",
         .key = "coverage.diff.lines",
         .placeholder = "PERCENT"},
        {.name = "base",
         .target = &policy.base,
         .help = "The branch that the change goes into, which turns coverage of the diff on; default: the base of the "
                 "event, or the default branch.",
         .key = "base",
         .placeholder = "REVISION"},
        {.name = "baseline",
         .target = &policy.baseline,
         .help =
             "File that max-coverage-drop, max-fewer-tests and findings-scope: new compare with, read from the base of "
             "the change; or refs/notes/NAME, the git notes of its commits.",
         .key = "baseline",
         .placeholder = "FILE"},
        {.name = "write-baseline",
         .target = &o.writes_baseline,
         .help = "Writes the numbers of this run to the baseline, if the verdict is pass.",
         .action = false},
        {.name = "findings-scope",
         .target = &policy.findings_scope,
         .help = "diff: judges only findings at lines that the change adds, and those that name no line of the "
                 "repository; new: those that the baseline of the base doesn't have.",
         .allowed = {"all", "diff", "new"},
         .key = "findings.scope",
         .group = "findings",
         .placeholder = "WHICH"},
        {.name = "max-errors",
         .target = {&policy.max_errors, Type::count},
         .help = "Maximum number of findings of level error.",
         .key = "findings.max.error",
         .placeholder = "N"},
        {.name = "max-warnings",
         .target = to(policy.max_warnings, Type::count, parse_count),
         .help = "Maximum number of findings of level warning.",
         .key = "findings.max.warning",
         .placeholder = "N"},
    };
}

}
