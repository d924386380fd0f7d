#pragma once
#include "report/baseline.h"
#include "report/report.h"
#include "scan/collector.h"
#include <cstdint>
#include <map>
#include <set>
#include <span>
#include <string>
#include <vector>

namespace fairlead::scan {

enum class Explain { no, yes };

// What there was to scan. Scanning nothing fails, unless it is allowed.
struct Scope {
    enum class Empty { no, allowed } empty = Empty::no; // --allow-empty
    std::string nothing;                                // what nothing_seen() returned
    bool whole_tree = false;
    bool history = false; // all commits were scanned: it isn't known whether a secret was removed later
};

// Returns why nothing was scanned and what to do; empty: something was scanned, or scanning nothing passes. `command`:
// `tree`, `staged`, `range`, `history` or `stdin`. `asked_for`: false for an event, which may have no commit, and in a
// git hook, where nothing may be staged: both pass then.
std::string nothing_seen(std::string_view command, const Totals& totals, bool asked_for);

// "; skipped: 2 binary, 1 archive", from the paths by their reasons; nothing skipped: empty
std::string counted_skipped(const std::map<std::string, std::set<std::string>>& skipped);

struct Judging {
    std::string subject; // what was scanned: "the tree", "pull request #7"
    std::string salt;    // the repository's salt for fingerprints
    report::Baseline baseline;
    Explain explain = Explain::no; // yes: the skipped files are named
    Scope scope;
    bool verifies = false; // --verify was given: the report's member `verified` counts the services' answers
};

// Returns whether the baseline has the finding.
bool is_known(const Found& found, const Judging& judging);

// Returns one finding per place. In a range, a secret that is still in the final tree is reported at its place in that
// tree. A secret that a later commit removed is reported once, at the commit that added it.
std::vector<Found> merge(std::vector<Found> found);

// No finding shows a secret. Findings in the baseline don't affect the verdict.
report::Report to_report(const std::vector<Found>& found, const Totals& totals, const Judging& judging,
                         std::vector<report::Finding> notes = {});

// Returns the rules that a finding may have; each kind of secret is a rule with its own id.
std::span<const report::Rule> report_rules();

// `v1:` + 32 hex digits of SHA-256 over rule, salt and secret, with NUL between them (conventions.md). It stays the
// same when the secret moves.
std::string fingerprint(const Found& found, const std::string& salt);

}
