#pragma once
#include <string>
#include <string_view>
#include <vector>

// All text of the project goes into the written files through these functions.
namespace fairlead::init {

// Returns a YAML scalar for this text: plain if that is safe, else in double quotes.
std::string yaml_scalar(std::string_view text);
std::string yaml_list(const std::vector<std::string>& words); // [make, test]

// Returns a command for POSIX shells. No part of it begins an expression of GitHub Actions, which evaluates expressions
// even in quotes.
std::string shell_line(const std::vector<std::string>& argv);

std::string below(std::string_view folder, std::string_view path); // folder/path; either may be empty

}
