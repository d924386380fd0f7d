#pragma once
#include "gate/coverage.h"
#include <string>

namespace fairlead::gate {

// Writes Cobertura's XML (coverage-04.dtd), as GitLab and Azure read it: for each file its lines, without hit counts,
// as a line is covered (1) or not (0). Files for which a report only has totals are left out.
std::string write_cobertura(const CoverageMap& coverage);

}
