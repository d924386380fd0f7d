#pragma once
#include "base/field.h"
#include "base/result.h"
#include "base/time.h"
#include "config/config.h"
#include "config/milder.h"
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

// What must hold. Without a policy the defaults are the built-in verdict.
namespace fairlead::gate {

using Share = std::int64_t; // in 1/10,000 of a percent, so that 79.996 is exact

struct Limit { // "3" or "5%"
    std::int64_t number = 0;
    std::optional<Share> share;
};

// One entry of `reports:`, or one --report.
struct Expected {
    std::string name;                  // its key; empty for --report
    std::vector<std::string> patterns; // paths or globs
    std::string format;                // that it must have; empty: any
    std::string root;                  // folder that its relative paths start from; empty: found out
    bool optional = false;
    std::int64_t min_files = 1;
    Place place, root_place;
};

// How old a report may be. It must be younger than every tracked file and than the run, and belong to no commit.
struct Age {
    bool judged = true;                    // false: `max_age: off`
    std::optional<Milliseconds> limit;     // beside that
    std::optional<SystemTime> run_started; // FAIRLEAD_RUN_STARTED, of the chain
    std::string config_file;               // absolute: fairlead.yml may change after the tests
};

struct Policy {
    std::vector<Expected> reports;
    Age age;
    bool wants_tests = false;    // a rule on tests is written: no test report is a failure
    bool wants_findings = false; // the same for findings
    std::int64_t min_tests = 1;
    std::int64_t max_failed = 0;
    std::optional<Limit> max_skipped;
    std::optional<Share> min_lines;
    std::int64_t max_errors = 0;
    std::optional<std::int64_t> max_warnings;
};

// The rows of `gate:` that no input covers, or not well enough.
std::span<const Field> fields();
std::span<const config::Milder> milder(); // those that let a worse change pass

// Error: usage, with the place.
Result<std::vector<Expected>> expected_reports(const config::Value& section);
std::vector<Expected> expected_reports(std::span<const std::string> patterns); // one per pattern

// Error: usage.
Result<Share> parse_percent(std::string_view text);                         // "80", "79.5", "80%"
Result<Limit> parse_limit(std::string_view text);                           // "3", "5%"
Result<std::int64_t> parse_count(std::string_view text);                    // "3"
Result<Age> parse_max_age(std::string_view text);                           // "off", "1h"
Result<std::optional<SystemTime>> parse_run_started(std::string_view text); // FAIRLEAD_RUN_STARTED; empty: nothing

// "a.xml, {b,c}.xml" and newlines: commas within braces belong to the glob.
std::vector<std::string> split_patterns(std::string_view text);

}
