#pragma once
#include <string>
#include <string_view>

namespace fairlead::sys {

// Lower case in any script (Unicode, one letter for one, but for the dotted I); wrong UTF-8 stays as it is.
std::string lower_case(std::string_view text);

}
