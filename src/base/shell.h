#pragma once
#include <string>
#include <string_view>

namespace fairlead {

// One word of a command line that a reader pastes into a shell of POSIX: as it is, or in single quotes.
std::string shell_word(std::string_view word);

}
