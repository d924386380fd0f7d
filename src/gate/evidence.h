#pragma once
#include "base/result.h"
#include "gate/coverage.h"
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// What reports say, before anything is decided. Text of reports is foreign: it may be hostile.
namespace fairlead::gate {

// total = passed + failed + errors + skipped
struct Tests {
    std::uint64_t passed = 0, failed = 0, errors = 0, skipped = 0;
    std::uint64_t flaky = 0; // that failed in one attempt and not in all, whatever they ended with
    std::uint64_t total() const { return passed + failed + errors + skipped; }
    std::uint64_t executed() const { return passed + failed + errors; }
    Tests& operator+=(const Tests& other);
    bool operator==(const Tests&) const = default;
};

struct FailedTest {
    std::string suite; // class name, else name of the suite
    std::string name;
    bool error = false;  // an unexpected one; false: an assertion
    std::string message; // one line
    std::string text;    // at most 64 KiB of what was written about the failure
    std::string file;    // as the report says; empty: unknown
    int line = 0;
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
};

enum class Problem { none, missing, empty, malformed, unknown_format, stale };
std::string_view name_of(Problem problem); // "unknown-format"

struct Evidence {
    static constexpr std::size_t kept = 100; // failed tests, and findings of each level, that are kept with their text

    std::string format; // "junit"; empty with a problem
    std::optional<Tests> tests;
    std::vector<FailedTest> failed_tests; // the first ones
    std::vector<std::string> declared;    // "suite 'x' declares 2 failures, none is listed"; the first ones
    std::size_t more_declared = 0;        // beside those
    std::optional<CoverageMap> coverage;
    std::optional<FindingCounts> findings;
    std::vector<Foreign> foreign;         // the first ones of each level
    std::vector<std::string> tool_failed; // why a tool's report is no answer; the first ones
    std::size_t more_tools_failed = 0;    // beside those
    Problem problem = Problem::none;
    std::string reason; // of the problem, a sentence
    Place place;        // of the problem
};

// Adds to the first ones that are kept, else counts.
void keep_first(std::vector<std::string>& kept, std::size_t& more, std::string text);

// Report text as one line of at most so many bytes of valid UTF-8; without secrets where it isn't as
// it was.
std::string one_line(std::string_view text, std::size_t longest = 300);

}
