#pragma once
#include "read/served/answer.h"
#include <map>

// Content-Security-Policy (Level 3).
namespace fairlead::read::served {

// The words of each directive, in lower case; of two directives with one name the first counts.
using Policy = std::map<std::string, std::vector<std::string>>;

// All hold together; one header may bring several. A policy without any directive is left out.
std::vector<Policy> policies(const Answer& answer);
// Whether browsers know one of its directives, and that one restricts something. An unknown directive is passed over,
// and report-uri and report-to only say who hears of it.
bool restricts(const Policy& policy);
bool knows_directive(const Policy& policy); // whether browsers know one of its directives
bool has_directive(const Answer& answer, std::string_view name);
std::string unsafe_word(const Policy& policy);  // the word by which it lets foreign scripts run; empty: none
std::string missing_word(const Policy& policy); // the directive that it lacks; empty: none

}
