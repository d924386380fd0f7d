#pragma once
#include <string>
#include <string_view>

namespace fairlead::sys {

// Lower-cases any script (Unicode, each letter becomes one letter, except the dotted I); wrong UTF-8 stays as it is.
std::string lower_case(std::string_view text);

}
