#pragma once
#include "base/result.h"
#include "report/report.h"
#include <map>
#include <span>
#include <string>
#include <string_view>

namespace fairlead::report {

// The owner of a known finding, the reason why it stays, and the last day on which it counts as known (YYYY-MM-DD,
// UTC). Each may be empty; without a day there is no limit.
struct Acceptance {
    std::string owner, reason, until;
};

// Known findings: .fairlead/TOOL.jsonl, one JSON object {fingerprint, rule, file, message, owner, reason, until} per
// line, sorted (conventions.md, "Known findings"). It contains no secret, and no place except the file.
class Baseline {
  public:
    struct Entry {
        std::string rule, file;
        Acceptance accepted;
        bool is_over = false; // its last day is over: it is no longer known
    };
    // `today`: YYYY-MM-DD, UTC. Error (usage), with the line that can't be read.
    static Result<Baseline> parse(std::string_view text, const std::string& file, std::string_view today);
    bool knows(const std::string& fingerprint) const;
    // Returns the addition to the message of a finding whose acceptance has expired; empty: there was no such
    // acceptance.
    std::string was_known(const std::string& fingerprint) const;
    const std::map<std::string, Entry>& entries() const { return entries_; } // by fingerprint

  private:
    std::map<std::string, Entry> entries_;
};

enum class AcceptNew { no, yes };
// Returns the text of the baseline. Findings of `before` that still exist keep their acceptance, even an expired one.
// With AcceptNew::yes, new findings are added with the values of `accepted`; if it has a day, expired ones are renewed,
// and keep owner and reason unless `accepted` has others. Suppressed findings are left out.
std::string write_baseline(std::span<const Finding> findings, AcceptNew accept, const Baseline& before = {},
                           const Acceptance& accepted = {});

// Like write_baseline(), and the report says what changed. Accepted findings are known from now on and don't affect the
// verdict.
std::string rewrite(Report& report, const Baseline& before, AcceptNew accept, const Acceptance& accepted = {});

}
