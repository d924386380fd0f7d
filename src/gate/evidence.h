#pragma once
#include "base/result.h"
#include "gate/coverage.h"
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

// The content of reports, before any decision. Text from reports comes from outside and may be hostile.
namespace fairlead::gate {

// total = passed + failed + errors + skipped
struct Tests {
    std::uint64_t passed = 0, failed = 0, errors = 0, skipped = 0;
    std::uint64_t flaky = 0; // failed in at least one attempt but not in all attempts, whatever the final result
    std::uint64_t total() const { return passed + failed + errors + skipped; }
    std::uint64_t executed() const { return passed + failed + errors; }
    Tests& operator+=(const Tests& other);
    bool operator==(const Tests&) const = default;
};

struct FailedTest {
    std::string suite; // the name of the class, or else of the suite
    std::string name;
    bool error = false;  // an unexpected error; false: a failed assertion
    std::string message; // one line
    std::string text;    // the output about the failure, at most 64 KiB
    std::string file;    // as in the report; empty: unknown
    int line = 0;
    std::uint64_t id = 0; // hash of its names; 0: the policy doesn't need it
};

// A policy's rules about tests by name.
struct NamedTests {
    bool last_counts = false;          // if a report has several results of a test, only the last counts
    std::vector<std::string> must_run; // "tests.shop.test_pay"; * is any text
};

enum class Level { error, warning, note };
std::string_view name_of(Level level);
constexpr Level levels[] = {Level::error, Level::warning, Level::note};

struct FindingCounts {
    std::uint64_t error = 0, warning = 0, note = 0;
    std::uint64_t& operator[](Level level);
    std::uint64_t operator[](Level level) const { return const_cast<FindingCounts&>(*this)[level]; }
    bool operator==(const FindingCounts&) const = default;
};

// A finding of another tool.
struct Foreign {
    Level level = Level::warning;
    std::string tool, rule, message, file;
    int line = 0, column = 0;
    int last_line = 0; // 0: as `line`
};

// Whether the policy judges a finding. The first place is the finding's, the others are further places of it.
using IsJudged = std::function<bool(std::span<const Foreign> places)>;

// The measurements of a load test, without judging them.
struct Performance {
    std::uint64_t samples = 0, errors = 0, elapsed_ms = 0; // elapsed_ms: the sum over all samples
    std::uint64_t tolerated = 0;                           // errors that the test's own limits allow
    std::uint64_t crossed = 0;                             // exceeded limits of the test
    std::uint64_t failed_checks = 0; // k6's failed checks without a limit; one sample may have several
    Performance& operator+=(const Performance& other);
    bool operator==(const Performance&) const = default;
};

// A number that a load test or a benchmark measured, under a name by which a policy can limit it.
struct Measure {
    enum class Unit { number, time, unknown }; // of a time the value is in milliseconds
    std::string name;                          // "http_req_duration.p(95)", "./app --version.median"
    double value = 0;
    Unit unit = Unit::number;
    std::vector<double> samples = {}; // the first samples behind `value`, if the report lists them
    bool is_of_one_run = false;       // if an entry has several such reports, the median counts
};

enum class Problem { none, missing, empty, malformed, unknown_format, stale };
std::string_view name_of(Problem problem); // "unknown-format"

struct Evidence {
    // limit for failed tests, and for findings of each level, that are kept with their text
    static constexpr std::size_t kept = 100;

    std::string format; // "junit"; empty if there is a problem
    std::string shard;  // the shard that the report is from; empty: this job
    std::optional<Tests> tests;
    std::vector<FailedTest> failed_tests; // only the first failed tests
    NamedTests named;
    std::vector<bool> ran;             // for each of named.must_run, whether such a test ran; empty: none did
    std::vector<std::string> declared; // "suite 'x' declares 2 failures, none is listed"; only the first declarations
    std::size_t more_declared = 0;     // number of further declarations
    std::optional<CoverageMap> coverage;
    std::string covers_elsewhere; // a covered file, if no covered file is in the repository
    std::optional<FindingCounts> findings;
    std::optional<double> security_from;  // from this security-severity on, a finding is an error (SARIF)
    IsJudged is_judged;                   // empty: all findings are judged
    FindingCounts new_findings;           // counts of the judged findings
    std::vector<Foreign> foreign;         // the first judged findings of each level
    std::vector<std::string> tool_failed; // why a tool did not run to its end; only the first reasons
    std::size_t more_tools_failed = 0;    // number of further reasons
    std::optional<Performance> performance;
    std::vector<std::string> performance_failed; // failed samples and crossed limits; only the first
    std::size_t more_performance_failed = 0;     // number of further ones
    std::vector<Measure> measures;
    Problem problem = Problem::none;
    std::string reason; // a sentence about the problem
    Place place;        // the place of the problem
};

// Adds the text if fewer than the limit are kept; otherwise only counts it.
void keep_first(std::vector<std::string>& kept, std::size_t& more, std::string text);

// Returns report text as one line of valid UTF-8 with at most `longest` bytes. If the text had to be changed, secrets
// in the result are masked, too.
std::string one_line(std::string_view text, std::size_t longest = 300);

}
