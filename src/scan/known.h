#pragma once
#include "report/baseline.h"
#include "report/report.h"
#include <span>

namespace fairlead::scan {

// Lists the entries of the baseline: those whose last day is over and those that no finding of the whole tree matches
// first.
report::Report list_known(std::span<const report::Finding> found, const report::Baseline& baseline);

}
