#pragma once
#include "preflight/project.h"
#include <set>
#include <string>
#include <string_view>

// Finds out whether a program ends at its start because a variable still has its default.
namespace fairlead::preflight {

// Returns whether a line of a script or of the source compares one of the variables with this value, and the program
// ends in that case: if [ "$DB_PASSWORD" = "admin" ]; then exit 1; fi.
bool is_refused_at_start(const Project& project, const std::set<std::string>& names, std::string_view value);

}
