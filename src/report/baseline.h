#pragma once
#include "base/result.h"
#include "report/report.h"
#include <set>
#include <span>
#include <string>
#include <string_view>

namespace fairlead::report {

// Known findings: .fairlead/TOOL.jsonl, one JSON object {fingerprint, rule, file, message} per line, sorted
// (conventions.md, "Known findings"). It contains no secret, and no place except the file.
class Baseline {
  public:
    // Error (usage), with the line that can't be read.
    static Result<Baseline> parse(std::string_view text, const std::string& file);
    bool knows(const std::string& fingerprint) const { return known_.contains(fingerprint); }
    const std::set<std::string>& known() const { return known_; }

  private:
    std::set<std::string> known_;
};

enum class AcceptNew { no, yes };
// Returns the text of the baseline: known findings that still exist, and new findings only with AcceptNew::yes.
// Suppressed findings are left out.
std::string write_baseline(std::span<const Finding> findings, AcceptNew accept);

// Like write_baseline(), and the report says what changed. Accepted findings are known from now on and don't affect the
// verdict.
std::string rewrite(Report& report, const Baseline& before, AcceptNew accept);

}
