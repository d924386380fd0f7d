#pragma once
#include "base/field.h"
#include "base/result.h"
#include "base/time.h"
#include "config/config.h"
#include "config/milder.h"
#include "gate/evidence.h"
#include "gate/limit.h"
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

// The rules for the verdict. Without a policy, the default values apply.
namespace fairlead::gate {

// One entry of `reports:`, or one --report.
struct Expected {
    std::string name;                  // its key; empty for --report
    std::vector<std::string> patterns; // paths or globs
    std::string format;                // the required format; empty: any
    std::string root;                  // the folder where its relative paths start; empty: found automatically
    bool optional = false;
    bool lenient = false; // control characters in XML are blanks
    std::int64_t min_files = 1;
    Place place, root_place;
};

// A shard that must be there.
struct ExpectedShard {
    std::string name;
    std::vector<std::string> reports; // entries of `reports:` that it must have; empty: all
    Place place;
};

// The required coverage of the files that a glob matches.
struct PathLimit {
    std::string path; // from the repository's root
    std::optional<Share> lines, branches;
};

// The allowed total size of files of a build.
struct SizeLimit {
    std::vector<std::string> patterns; // from fairlead.yml's folder
    std::string encoding = "raw";      // or "gzip", "brotli": as `gzip -9` and `brotli -q 11` pack each file
    std::optional<std::uint64_t> max;  // bytes
    std::optional<Share> max_growth;   // relative to the baseline
    Place place;
    std::string name() const; // "dist/*.js", "dist/*.js (gzip)"; that of the baseline, too
};

// The allowed values of a measure of a load test or a benchmark.
struct Budget {
    std::string metric; // the name of a Measure
    std::string report; // the entry of `reports:` that has it; empty: whichever
    std::optional<Quantity> max, min;
    std::string than; // the Measure of this run to compare with; empty: the baseline's
    std::optional<Share> max_growth, max_drop;
    bool compares() const;    // with the baseline
    std::string name() const; // "http_reqs.rate", "load: http_reqs.rate"; that of the baseline, too
};

// The allowed age of a report. The report must be newer than every tracked file and than the start of the run, and must
// not be committed.
struct Age {
    bool judged = true;                    // false: `max_age: off`
    std::optional<Milliseconds> limit;     // an additional limit
    std::optional<SystemTime> run_started; // FAIRLEAD_RUN_STARTED of the chain
    std::string config_file;               // absolute; fairlead.yml may be changed after the tests
};

struct Policy {
    std::vector<Expected> reports;
    std::vector<std::string> shards;            // paths or globs of shard.json (shards.h); empty: the reports are here
    std::vector<ExpectedShard> expected_shards; // empty: any, at least one
    Place shards_place;
    std::vector<std::string> require; // tools whose last verdict must be a pass (required.h)
    Age age;
    bool wants_tests = false;    // there is a rule about tests, so a missing test report is a failure
    bool wants_findings = false; // the same for findings
    std::int64_t min_tests = 1;
    std::int64_t max_failed = 0;
    std::optional<Limit> max_skipped;
    std::optional<std::int64_t> max_flaky;
    std::optional<std::int64_t> max_fewer_tests; // allowed number of fewer tests than the base ran
    std::vector<std::string> must_run;           // as in NamedTests
    std::string repeated = "each";               // or "last": of a test that a report lists several times
    std::optional<Share> min_lines, min_branches;
    std::optional<Share> max_drop; // of the covered lines, below the base's share
    std::vector<PathLimit> by_path;
    std::vector<SizeLimit> sizes;
    std::vector<Budget> budgets;
    std::optional<Share> min_diff_lines; // of the lines that a change adds
    std::string base;           // what the change is compared with; empty: found by the event, or the default branch
    std::int64_t diff_from = 0; // if fewer added lines count, min_diff_lines only warns
    std::string baseline = ".fairlead/gate.json"; // the base's numbers (baseline.h)
    std::string unmeasured = "fail";    // or "ignore": added lines of files that no report measures (diff_coverage.h)
    std::vector<std::string> exclude;   // globs: files whose coverage doesn't count
    std::string findings_scope = "all"; // or "diff", "new" (new_findings.h)
    std::int64_t max_errors = 0;
    std::optional<std::int64_t> max_warnings;
    std::optional<double> security_severity; // from this value on, a finding is an error
    std::optional<Milliseconds> max_known;   // how long a finding may be in the baseline

    bool expects_shard(const std::string& name) const;
    // Returns whether a shard must have the reports of that entry.
    bool takes_of_shard(const std::string& shard, const Expected& report) const;
    bool wants_of_shard(const std::string& shard, const Expected& report) const {
        return !report.optional && takes_of_shard(shard, report);
    }
    NamedTests named_tests() const { return {repeated == "last", must_run}; }
    bool compares() const;                                        // with the baseline
    bool judges_some() const { return findings_scope != "all"; }  // not all findings
    bool judges_diff() const { return findings_scope == "diff"; } // findings that the change may have brought
    bool judges_new() const { return findings_scope == "new"; }   // findings that the baseline doesn't have
};

// The rows of `gate:` that no input covers fully.
std::span<const Field> fields();
std::span<const config::Milder> milder(); // rows that can let a worse change pass

// Fills the rows of fields(). Error (usage), with the place.
Result<void> read_section(const config::Value& section, Policy& policy);
std::vector<Expected> expected_reports(std::span<const std::string> patterns); // one per pattern

// Error: usage.
Result<Age> parse_max_age(std::string_view text); // "off", "1h"
// the value of FAIRLEAD_RUN_STARTED; empty text: nothing
Result<std::optional<SystemTime>> parse_run_started(std::string_view text);

// Splits "a.xml, {b,c}.xml" and lines; commas within braces belong to the glob.
std::vector<std::string> split_patterns(std::string_view text);

}
