#pragma once
#include "read/served/answer.h"
#include <map>

// Content-Security-Policy (Level 3).
namespace fairlead::read::served {

// The words of each directive, in lower case; of two directives with one name the first counts.
using Policy = std::map<std::string, std::vector<std::string>>;

std::vector<Policy> policies(const Answer& answer); // all hold together; one header may bring several
bool has_directive(const Answer& answer, std::string_view name);
std::string unsafe_word(const Policy& policy);  // the word by which it lets foreign scripts run; empty: none
std::string missing_word(const Policy& policy); // the directive that it lacks; empty: none

}
