#pragma once
#include "read/compose/compose.h"
#include "read/compose/compose_interpolate.h"
#include <string>
#include <string_view>
#include <vector>

// Finds a project's compose files and the variables that they are read with.
namespace fairlead::read {

std::string directory_of(std::string_view path); // as dirname(1) of POSIX

// Adds what `variables` hasn't yet; of several files the last one wins.
void add_env_files(ComposeVariables& variables, const std::vector<std::string>& files, const ComposeInput& input);

// Returns those of the input with the env files, or the .env of the folder.
ComposeVariables variables_in(const std::string& folder, const ComposeInput& input);

std::string variable_value(const ComposeVariables& variables, const std::string& name); // empty: it isn't set

}
