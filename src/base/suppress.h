#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace fairlead {

// A comment that suppresses findings: `fairlead: ignore[rule,…] reason` on the finding's line or alone on the line
// above, or `fairlead: ignore-file[…] reason` anywhere in the file. A reason may end in `until 2026-03-31` (this day
// still counts, UTC); with an invalid day, the comment is wrong. A comment gitleaks:allow on the finding's line also
// counts, for any rule. It needs no reason; text after it is taken as the reason.
struct Suppression {
    int line = 0; // from 1
    bool whole_file = false;
    bool alone = false;             // the line has only the comment, so it also covers the next line
    std::vector<std::string> rules; // empty: any rule
    std::string reason;             // empty: the comment is incomplete and does not count, except gitleaks:allow
    std::string until;              // YYYY-MM-DD or empty
    std::string wrong;              // why the comment does not count
    bool of_gitleaks = false;
};

// How to treat comments that look like a suppression, but have a mistake: `Fairlead:ignore[jwt] why`, `fairlead: ignore
// why`. With `told`, they are returned with Suppression::wrong.
enum class Slips { unseen, told };

bool may_suppress(std::string_view text); // false: it contains at most comments with mistakes
std::vector<Suppression> find_suppressions(std::string_view text, Slips slips = Slips::unseen);

// Returns the comment that covers a finding of `rule` in lines [first, last]; nullptr if no comment does. `today` is
// YYYY-MM-DD.
const Suppression* covering(const std::vector<Suppression>& suppressions, std::string_view rule, int first, int last,
                            std::string_view today);
// Returns why a comment does not count: its mistake, or that its last day is over; empty: it counts.
std::string why_not(const Suppression& suppression, std::string_view today);
// Returns the comment that would cover the finding, but does not count.
const Suppression* wrong_one(const std::vector<Suppression>& suppressions, std::string_view rule, int first, int last,
                             std::string_view today);
// Returns the comments for these lines, for any rule.
std::vector<const Suppression*> meant_for(const std::vector<Suppression>& suppressions, int first, int last);

// A file at the base of a foreign change (config/change.h). A comment in the change counts only if the base already has
// it with the lines that it covers. Otherwise the change could move the comment to other lines.
class Stood {
  public:
    explicit Stood(std::string_view text);
    // Returns whether the base has the lines [first, last] of `now` (from 1) in the same order without gaps; false if
    // they are after the end of `now`.
    bool has(const std::vector<std::string>& now, int first, int last) const;
    bool has(const std::vector<std::string>& now, const Suppression& comment) const;

  private:
    std::vector<std::string> lines_;
};

}
