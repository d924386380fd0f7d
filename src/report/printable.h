#pragma once
#include "base/printable.h"
#include "report/report.h"
#include <string>
#include <string_view>

// Shared by the writers that people read.
namespace fairlead::report {

using fairlead::one_line;
using fairlead::printable;
using fairlead::steers;
std::string finding_line(const Finding& finding); // file:line:col: message [rule]; further lines are indented
// New findings, and the waived ones as notices that say so; those that are known or suppressed stay out.
std::vector<Finding> shown_findings(const Report& report);
std::string with_line_end(std::string text);   // exactly as it is when it is empty
std::string last_lines(const Report& report);  // the command to go on with, and the closing line
std::string reason_of(const Report& report);   // of its verdict: the closing line, never empty
std::string program_of(std::string_view tool); // that a report is of: "fairlead-gate"; for "verify" "fairlead verify"

}
