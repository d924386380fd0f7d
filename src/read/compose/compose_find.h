#pragma once
#include "read/compose/compose.h"
#include "read/compose/compose_interpolate.h"
#include <string>
#include <string_view>
#include <vector>

// Finds a project's compose files and the variables for reading them.
namespace fairlead::read {

std::string directory_of(std::string_view path); // like dirname(1) of POSIX

// Adds variables that `variables` doesn't have yet; if several files have one, the last file's value is used.
void add_env_files(ComposeVariables& variables, const std::vector<std::string>& files, const ComposeInput& input);

// Returns the input's variables, and those of its env files or of the folder's .env.
ComposeVariables variables_in(const std::string& folder, const ComposeInput& input);

std::string variable_value(const ComposeVariables& variables, const std::string& name); // empty: it isn't set

}
