#pragma once
#include "preflight/project.h"
#include <string>
#include <string_view>

namespace fairlead::preflight {

// If the rule's subject is missing, so that its lack of findings proves nothing, returns that as a message: "no env
// file of production is here; name it by --env-file". Empty: the rule has examined something.
std::string lack_of(std::string_view rule, const Project& project);

bool says_what_it_judges(std::string_view rule); // whether the table contains the rule (for a test of all rules)

}
