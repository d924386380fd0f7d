#pragma once
#include "base/result.h"
#include "report/report.h"
#include <set>
#include <span>
#include <string>
#include <string_view>

namespace fairlead::report {

// Findings that were there before: .fairlead/TOOL.jsonl, one JSON object {fingerprint, rule, file, message} per line,
// sorted (conventions.md, "Known findings"). It holds no secret and no place but the file.
class Baseline {
  public:
    // Error (usage) with the line of what can't be read.
    static Result<Baseline> parse(std::string_view text, const std::string& file);
    bool knows(const std::string& fingerprint) const { return known_.contains(fingerprint); }
    const std::set<std::string>& known() const { return known_; }

  private:
    std::set<std::string> known_;
};

enum class AcceptNew { no, yes };
// The findings that are still there; new ones only when they are accepted. Suppressed ones stay out.
std::string write_baseline(std::span<const Finding> findings, AcceptNew accept);

// The same, and the report says what became of it: what is accepted is known from now on and decides nothing.
std::string rewrite(Report& report, const Baseline& before, AcceptNew accept);

}
