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
    std::uint64_t id = 0; // of its names; 0: the policy doesn't ask for it
};

// What a policy asks of tests by their names.
struct NamedTests {
    bool last_counts = false;          // of several results of a test in a report only the last counts
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

// Whether the policy judges a finding. The first place is the finding, the others are its further places.
using IsJudged = std::function<bool(std::span<const Foreign> places)>;

// Of a load test: what was measured, without judging how fast is fast enough.
struct Performance {
    std::uint64_t samples = 0, errors = 0, elapsed_ms = 0; // elapsed_ms: the sum over all samples
    std::uint64_t tolerated = 0;                           // of the errors: limits of the test itself hold
    std::uint64_t crossed = 0;                             // limits of the test that don't
    std::uint64_t failed_checks = 0; // k6's, of what was answered; one sample may have several. Without a limit
    Performance& operator+=(const Performance& other);
    bool operator==(const Performance&) const = default;
};

// A number that a load test or a benchmark measured, under a name by which a policy can limit it.
struct Measure {
    enum class Unit { number, time, unknown }; // of a time the value is in milliseconds
    std::string name;                          // "http_req_duration.p(95)", "./app --version.median"
    double value = 0;
    Unit unit = Unit::number;
    std::vector<double> samples = {}; // what `value` sums up, if the report lists them; only the first
    bool is_of_one_run = false;       // of several such reports of an entry the median counts
};

enum class Problem { none, missing, empty, malformed, unknown_format, stale };
std::string_view name_of(Problem problem); // "unknown-format"

struct Evidence {
    // limit for failed tests, and for findings of each level, that are kept with their text
    static constexpr std::size_t kept = 100;

    std::string format; // "junit"; empty if there is a problem
    std::string shard;  // that the report is from; empty: it is of this job
    std::optional<Tests> tests;
    std::vector<FailedTest> failed_tests; // only the first failed tests
    NamedTests named;
    std::vector<bool> ran;             // for each of named.must_run, whether such a test ran; empty: none did
    std::vector<std::string> declared; // "suite 'x' declares 2 failures, none is listed"; only the first declarations
    std::size_t more_declared = 0;     // number of further declarations
    std::optional<CoverageMap> coverage;
    std::string covers_elsewhere; // a covered file, if no covered file is in the repository
    std::optional<FindingCounts> findings;
    std::optional<double> security_from;  // with this security-severity a finding is an error (SARIF)
    IsJudged is_judged;                   // empty: all findings are
    FindingCounts new_findings;           // how many are judged
    std::vector<Foreign> foreign;         // the first of each level that are judged
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
