#pragma once
#include "report/baseline.h"
#include "report/report.h"
#include "scan/collector.h"
#include <span>
#include <string>
#include <vector>

namespace fairlead::scan {

enum class Explain { no, yes };

// What was there to look at. A look at nothing is a no, unless it is allowed.
struct Scope {
    enum class Empty { no, allowed } empty = Empty::no; // --allow-empty
    std::string nothing; // why nothing could be seen, and the way out; empty: something was
    bool whole_tree = false;
};

// `tree`, `staged` or `range`: what it means that nothing was seen. An event that brings no commit and a hook of git
// with nothing staged are what they are, and pass.
std::string nothing_seen(std::string_view command, const Totals& totals, bool asked_for);

struct Judging {
    std::string subject; // what was scanned: "the tree", "pull request #7"
    std::string salt;    // of the repository, for fingerprints
    report::Baseline baseline;
    Explain explain = Explain::no; // names what was skipped
    Scope scope;
};

// One finding per place. Of a range, a secret that is still in the final tree is named there; one that a later commit
// took away is named once, at the commit that brought it.
std::vector<Found> merge(std::vector<Found> found);

// No finding shows a secret. What the baseline knows decides nothing.
report::Report to_report(const std::vector<Found>& found, const Totals& totals, const Judging& judging,
                         std::vector<report::Finding> notes = {});

std::span<const report::Rule> report_rules(); // what a finding may be of: the kinds of secret by their own ids

// `v1:` + 32 hex digits of SHA-256 over rule, salt and secret, NUL between (conventions.md): it survives every move.
std::string fingerprint(const Found& found, const std::string& salt);

}
