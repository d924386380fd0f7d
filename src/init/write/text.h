#pragma once
#include <string>
#include <string_view>
#include <vector>

// What comes from the project goes into the written files through these, and through nothing else.
namespace fairlead::init {

// A scalar of YAML that means this text: plain where that is safe, else in double quotes.
std::string yaml_scalar(std::string_view text);
std::string yaml_list(const std::vector<std::string>& words); // [make, test]

// A command for POSIX shells. Nothing in it begins an expression of GitHub Actions, which evaluates them in quotes,
// too.
std::string shell_line(const std::vector<std::string>& argv);

std::string below(std::string_view folder, std::string_view path); // folder/path; either may be empty

}
