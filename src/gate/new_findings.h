#pragma once
#include "gate/change.h"
#include "gate/evidence.h"
#include "gate/places.h"
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>

// Which findings of a report are new, by `findings.scope`.
namespace fairlead::gate {

// Returns whether the change may have brought a finding: one of its places is at an added line (blank lines included),
// it has no line and its file was changed, or it names no file of the repository. Both arguments must outlive the
// result.
IsJudged in_change(const ChangedLines& changed, const SourceTree& tree);

// Knows findings again after code has moved: by rule, file, the text of the line, and the number of equal ones before;
// one whose level has risen is another.
// A finding without a line is known by its message.
class KnownFindings {
  public:
    // "src/app.py E501 v1:0f… warning": the day since when it is known, "2026-12-01"; empty: nobody noted it
    using Ids = std::map<std::string, std::string>;
    struct Days {
        std::string today = {}, oldest = {};
    };
    // `known`: those of the baseline; one that is known since before days.oldest is new again. Nothing: all are known,
    // and their ids are kept, as known since days.today.
    explicit KnownFindings(std::optional<Ids> known) : known_(std::move(known)) {}
    KnownFindings(std::optional<Ids> known, Days days) : known_(std::move(known)), days_(std::move(days)) {}

    // Returns whether a finding isn't known. This and `tree` must outlive the result.
    IsJudged by(const SourceTree& tree);
    const Ids& kept() const { return kept_; }
    std::uint64_t overdue() const { return overdue_; } // of those that are new: the number that was known for too long
    std::uint64_t undated() const { return undated_; } // of those that are known: without a day that can be judged

  private:
    // without the level
    std::string id_of(const Foreign& finding, const std::string& path, const std::string& text);
    bool is_overdue(const std::string& since);

    std::optional<Ids> known_;
    Days days_;
    Ids kept_;
    std::uint64_t overdue_ = 0, undated_ = 0;
    std::unordered_map<std::string, int> occurrences_; // by the fingerprint of the first
};

}
