#pragma once
#include <string>
#include <string_view>

namespace fairlead::sys {

// Converts letters of any script to lower case. One letter becomes one letter, except the dotted I. Wrong UTF-8 stays.
std::string lower_case(std::string_view text);

}
