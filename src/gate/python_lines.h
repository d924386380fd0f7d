#pragma once
#include <string_view>
#include <vector>

// Tells which lines of a file of Python coverage.py would count: those where a statement begins, but not docstrings,
// `...`, and what coverage.py leaves out by itself (its settings report.exclude_also and exclude_lines aren't read).
namespace fairlead::gate {

std::vector<bool> python_lines(std::string_view text); // for each line

}
