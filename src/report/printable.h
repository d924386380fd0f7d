#pragma once
#include "base/printable.h"
#include "report/report.h"
#include <string>
#include <string_view>

// Functions for all writers of text for people.
namespace fairlead::report {

using fairlead::one_line;
using fairlead::printable;
using fairlead::steers;
// Text and attributes of XML 1.0. Line ends and tabs of attributes are written as references, else they are lost; `::`
// never stands at the start of a line, where a runner would take it for a command.
std::string escape_xml(std::string_view text, bool attribute = true);
std::string finding_line(const Finding& finding); // file:line:col: message [rule]; further lines are indented
// Returns new findings, and waived findings as notices that say so. Leaves out known and suppressed findings.
std::vector<Finding> shown_findings(const Report& report);
// Returns the shown findings that the summary, if any, doesn't mention.
std::vector<Finding> untold_findings(const Report& report);
std::string place_of(const std::string& file, int line); // "src/a.py:12"; without a line the file alone
std::string place_of(const Finding& finding);            // the same; empty: it has no place
std::string with_line_end(std::string text);             // an empty text stays empty
std::string last_lines(const Report& report);            // the next command to run, and the closing line
std::string reason_of(const Report& report);             // the reason of its verdict: the closing line; never empty
std::string program_of(std::string_view tool); // the tool's program: "fairlead-gate"; for "verify" "fairlead verify"

}
