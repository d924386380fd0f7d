#pragma once
#include "report/baseline.h"
#include "report/report.h"
#include <span>

namespace fairlead::scan {

// Lists the entries of the baseline. Expired entries, and entries without a finding in the whole tree, come first.
report::Report list_known(std::span<const report::Finding> found, const report::Baseline& baseline);

}
