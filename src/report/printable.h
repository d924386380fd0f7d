#pragma once
#include "report/report.h"
#include <string>
#include <string_view>

// Shared by the writers that people read.
namespace fairlead::report {

bool steers(char32_t c); // a control character, a line or paragraph end, a change of direction
// Control characters (they steer a terminal) and changes of direction as \u001b; line ends and tabs stay.
std::string printable(std::string_view text);
std::string one_line(std::string_view text);      // the same, line ends as \n
std::string finding_line(const Finding& finding); // file:line:col: message [rule]; further lines are indented
std::string with_line_end(std::string text);      // exactly as it is when it is empty

}
