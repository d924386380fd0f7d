#pragma once
#include "report/report.h"
#include "tag/version/all.h"

namespace fairlead::tag {

// Return the report of next-version. The first is for one version, whose text begins with a line that has only the
// version; the second is for all components.
report::Report report_of(const NextVersion& next, bool explain);
report::Report report_of(const std::vector<NamedVersion>& versions, bool explain);

std::string explained(const NextVersion& next); // one line
// Adds findings of `next` to the report; `whose`: "api: " if there are several components.
void tell(const NextVersion& next, const std::string& whose, report::Report& report);

}
