#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace fairlead {

// `fairlead: ignore[rule,…] reason` in the line of the finding or alone in the line above, `fairlead: ignore-file[…]
// reason` anywhere in the file; a reason may end in `until 2026-03-31` (the last day counts, UTC; what is no day makes
// the comment wrong). And gitleaks:allow in the line itself, for any rule, which asks for no reason; what follows it is
// taken for one.
struct Suppression {
    int line = 0; // from 1
    bool whole_file = false;
    bool alone = false;             // nothing but the comment stands in the line, so the next line is meant too
    std::vector<std::string> rules; // empty: any
    std::string reason;             // empty: the comment is incomplete and does not count, but for gitleaks:allow
    std::string until;              // YYYY-MM-DD or empty
    std::string wrong;              // why the comment does not count
    bool of_gitleaks = false;
};

bool may_suppress(std::string_view text); // false: nothing is found in it
std::vector<Suppression> find_suppressions(std::string_view text);

// The comment that covers a finding of `rule` in lines [first, last]; nullptr when none does. `today` is YYYY-MM-DD.
const Suppression* covering(const std::vector<Suppression>& suppressions, std::string_view rule, int first, int last,
                            std::string_view today);
// The one that would, and does not count.
const Suppression* wrong_one(const std::vector<Suppression>& suppressions, std::string_view rule, int first, int last);

// A file as the base of a foreign change has it. A comment of the change counts where it stood there already together
// with the lines that it covers: otherwise the change could move it onto something else.
class Stood {
  public:
    explicit Stood(std::string_view text);
    // Whether lines [first, last] of `now` (from 1) stand there one behind the other; false beyond its end.
    bool has(const std::vector<std::string>& now, int first, int last) const;
    bool has(const std::vector<std::string>& now, const Suppression& comment) const;

  private:
    std::vector<std::string> lines_;
};

}
