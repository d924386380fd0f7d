#pragma once
#include "preflight/project.h"
#include <string>
#include <string_view>

namespace fairlead::preflight {

// Why a rule that is quiet says nothing here: what it judges isn't there. Empty: it has looked at something.
// "no env file of production is here; name it by --env-file"
std::string lack_of(std::string_view rule, const Project& project);

bool says_what_it_judges(std::string_view rule); // whether the table has it, for a test that walks all rules

}
