#pragma once
// The flags of fairlead-gate.

#include "cli/declare.h"
#include "gate/policy.h"
#include <string>
#include <vector>

namespace fairlead::gate {

struct Options {
    std::vector<std::string> reports;
    Policy policy;
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
        {.name = "min-coverage",
         .target = to(policy.min_lines, Type::percent, parse_percent),
         .help = "Percentage of lines that the tests must cover.",
         .key = "coverage.total.lines",
         .group = "coverage",
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
        {.name = "max-errors",
         .target = {&policy.max_errors, Type::count},
         .help = "Maximum number of findings of level error.",
         .key = "findings.max.error",
         .group = "findings",
         .placeholder = "N"},
        {.name = "max-warnings",
         .target = to(policy.max_warnings, Type::count, parse_count),
         .help = "Maximum number of findings of level warning.",
         .key = "findings.max.warning",
         .placeholder = "N"},
    };
}

}
