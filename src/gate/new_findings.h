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

// Recognises known findings after code has moved: by rule, file, the line's text, and the number of equal findings
// before. A finding with a higher level than before is new. A finding without a line is recognised by its message.
class KnownFindings {
  public:
    // "src/app.py E501 v1:0f… warning": the day since which it is known, "2026-12-01"; empty: not recorded
    using Ids = std::map<std::string, std::string>;
    struct Days {
        std::string today = {}, oldest = {};
    };
    // `known`: the baseline's findings; if known since before days.oldest, a finding is new again. Nothing: all are
    // known, and their ids are kept with the day days.today.
    explicit KnownFindings(std::optional<Ids> known) : known_(std::move(known)) {}
    KnownFindings(std::optional<Ids> known, Days days) : known_(std::move(known)), days_(std::move(days)) {}

    // Returns whether a finding isn't known. This and `tree` must outlive the result.
    IsJudged by(const SourceTree& tree);
    const Ids& kept() const { return kept_; }
    std::uint64_t overdue() const { return overdue_; } // number of new findings that were known for too long
    std::uint64_t undated() const { return undated_; } // number of known findings without a usable day

  private:
    // without the level
    std::string id_of(const Foreign& finding, const std::string& path, const std::string& text);
    bool is_overdue(const std::string& since);

    std::optional<Ids> known_;
    Days days_;
    Ids kept_;
    std::uint64_t overdue_ = 0, undated_ = 0;
    std::unordered_map<std::string, int> occurrences_; // by the fingerprint of the first equal finding
};

}
