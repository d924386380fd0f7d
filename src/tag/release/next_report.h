#pragma once
#include "report/report.h"
#include "tag/version/all.h"

namespace fairlead::tag {

// What next-version puts out, of one version (the first line of text is the bare version) and of all components.
report::Report report_of(const NextVersion& next, bool explain);
report::Report report_of(const std::vector<NamedVersion>& versions, bool explain);

std::string explained(const NextVersion& next); // one line
// Its findings; `whose`: "api: ", where there are several.
void tell(const NextVersion& next, const std::string& whose, report::Report& report);

}
