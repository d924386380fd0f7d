#pragma once
#include "report/report.h"
#include "scan/collector.h"
#include <string>
#include <vector>

namespace fairlead::scan {

enum class Explain { no, yes };

// One finding per place. Of a range, a secret that is still in the final tree is named there; one that a later commit
// took away is named once, at the commit that brought it.
std::vector<Found> merge(std::vector<Found> found);

// `subject`: what was scanned, "commits of pull request #7". No finding shows a secret.
report::Report to_report(const std::vector<Found>& found, const Totals& totals, const std::string& subject,
                         const std::string& salt, Explain explain);

// `v1:` + 32 hex digits of SHA-256 over rule, salt and secret, NUL between (conventions.md): it survives every move.
std::string fingerprint(const Found& found, const std::string& salt);

}
