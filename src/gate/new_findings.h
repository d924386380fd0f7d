#pragma once
#include "gate/change.h"
#include "gate/evidence.h"
#include "gate/places.h"
#include <cstdint>
#include <optional>
#include <set>
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
    using Ids = std::set<std::string>; // "src/app.py E501 v1:0f… warning"
    // `known`: those of the baseline; nothing: all are known, and their ids are kept.
    explicit KnownFindings(std::optional<Ids> known) : known_(std::move(known)) {}

    // Returns whether a finding isn't known. This and `tree` must outlive the result.
    IsJudged by(const SourceTree& tree);
    const Ids& kept() const { return kept_; }

  private:
    // without the level
    std::string id_of(const Foreign& finding, const std::string& path, const std::string& text);

    std::optional<Ids> known_;
    Ids kept_;
    std::unordered_map<std::string, int> occurrences_; // by the fingerprint of the first
};

}
