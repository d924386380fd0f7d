#pragma once
#include "read/served/answer.h"
#include <map>

// Content-Security-Policy (Level 3).
namespace fairlead::read::served {

// The words of each directive, in lower case; of a repeated directive, the first counts.
using Policy = std::map<std::string, std::vector<std::string>>;

// Returns all policies, which apply together; one header may have several. A policy without directives is left out.
std::vector<Policy> policies(const Answer& answer);
// Returns whether browsers know one of its directives that restricts something. Browsers ignore unknown directives, and
// report-uri and report-to restrict nothing.
bool restricts(const Policy& policy);
bool knows_directive(const Policy& policy); // whether browsers know one of its directives
bool has_directive(const Answer& answer, std::string_view name);
std::string unsafe_word(const Policy& policy);  // the word that allows foreign scripts; empty: none
std::string missing_word(const Policy& policy); // the directive that it lacks; empty: none

}
