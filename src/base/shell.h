#pragma once
#include <string>
#include <string_view>

namespace fairlead {

// Quotes one word for a command line that a reader pastes into a POSIX shell: unchanged if safe, else in single quotes.
std::string shell_word(std::string_view word);

}
