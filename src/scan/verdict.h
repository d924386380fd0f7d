#pragma once
#include "report/report.h"
#include "scan/baseline.h"
#include "scan/collector.h"
#include <string>
#include <vector>

namespace fairlead::scan {

enum class Explain { no, yes };

struct Judging {
    std::string subject; // what was scanned: "the tree", "pull request #7"
    std::string salt;    // of the repository, for fingerprints
    Baseline baseline;
    Explain explain = Explain::no; // names what was skipped
};

// One finding per place. Of a range, a secret that is still in the final tree is named there; one that a later commit
// took away is named once, at the commit that brought it.
std::vector<Found> merge(std::vector<Found> found);

// No finding shows a secret. What the baseline knows decides nothing.
report::Report to_report(const std::vector<Found>& found, const Totals& totals, const Judging& judging);

report::Report list_rules(); // ids and titles

// `v1:` + 32 hex digits of SHA-256 over rule, salt and secret, NUL between (conventions.md): it survives every move.
std::string fingerprint(const Found& found, const std::string& salt);

}
