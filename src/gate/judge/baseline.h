#pragma once
#include "base/result.h"
#include "gate/change.h"
#include "gate/coverage.h"
#include "gate/new_findings.h"
#include "gate/policy.h"
#include "report/report.h"
#include "sys/files/beneath.h"
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

// The numbers of an earlier run, which a change must not worsen: .fairlead/gate.json, which --write-baseline writes.
//   {"schema": 1, "tests": {"executed": 120}, "coverage": {"lines": {"covered": 83, "total": 100}},
//    "sizes": {"dist/*.js (gzip)": 12345}, "findings": ["src/app.py E501 v1:0f… warning 2026-12-01"],
//    "performance": {"./app --version.median": {"value": 2.5, "samples": [2.4, 2.5, 2.7]}}}
namespace fairlead::gate {

struct Totals; // judge.h

// What an earlier run measured.
struct Baseline {
    std::optional<std::uint64_t> executed; // tests
    std::optional<Count> lines;
    using Sizes = std::map<std::string, std::uint64_t>;
    Sizes sizes; // bytes, by SizeLimit::name()
    std::optional<KnownFindings::Ids> findings;
    using Measures = std::map<std::string, Measure>;
    Measures measures; // by Budget::name()
};

// What the base of a change measured.
struct Past {
    std::string since; // "origin/main", "the base of pull request #7"
    std::string file;
    std::optional<Baseline> baseline; // nothing: the base has no such file, or it can't be read
    std::string damage = {};          // why it can't be read (no change can repair its own base)
};

// Error (usage), with the place: the text isn't such a file.
Result<Baseline> parse_baseline(std::string_view text, const std::string& file);
// Returns the text of the file. Values that this run didn't measure are taken from `before`.
std::string baseline_text(const Totals& totals, const Baseline& before = {});

// The file in the work tree.
class BaselineFile {
  public:
    // `path` starts at `folder`, which is in the repository `root`. Error (usage), at `place`: it is outside of the
    // repository, or not a file.
    static Result<BaselineFile> at(const std::string& root, const std::string& folder, const std::string& path,
                                   const Place& place);
    const std::string& path() const { return file_.path; } // from the repository's root
    std::string full_path() const { return (file_.root.path() / file_.path).string(); }
    Result<std::optional<Baseline>> read() const; // nothing: there is no file. Error (usage): it is no baseline
    // Writes the file, but never replaces a file that isn't a baseline. `before`: the baseline if there is no file.
    Result<void> write(const Totals& totals, const Baseline& before = {}) const;

  private:
    explicit BaselineFile(sys::Named file) : file_(std::move(file)) {}
    sys::Named file_;
};

// Returns a warning if the work tree's baseline would demand less of later changes than the base's: fewer tests, a
// lower share of lines, more uncovered lines than the base's and than this run's, or a measure that a budget wouldn't
// allow.
std::optional<report::Finding> lowered(const Past& past, const Baseline& now, const Totals& totals,
                                       const Policy& policy = {});

constexpr std::string_view notes_folder = "refs/notes/";
// The same from a git note of the base, or of the nearest commit before it. Error (could_not): also if the clone lacks
// the reference.
Result<Past> past_of_note(const std::string& reference, const Base& base);

// Returns the baseline as the base of the change has it, so that no change can weaken its own comparison.
// Error (could_not): the repository can't be read.
Result<Past> past_of(const BaselineFile& file, const Base& base);

}
