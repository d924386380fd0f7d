#pragma once
#include "gate/judge/diff_coverage.h"
#include "report/report.h"
#include <string>
#include <vector>

namespace fairlead::gate {

// Returns the added lines that count, each with its coverage and some lines around, the files with the most missed
// lines first. `root`: the repository's; what can't be read there is left out. At most `most_lines` lines in all.
std::vector<report::Source> covered_sources(const DiffCoverage& diff, const std::string& root,
                                            std::size_t most_lines = 5000);

}
