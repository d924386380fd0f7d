#pragma once
#include <cstddef>
#include <string>

namespace fairlead::deploy {

// The last lines of what an application or a command said, for a terminal and for candidate.log: URLs' passwords in
// it are known as secrets from here on, as nobody knows what it holds.
std::string last_lines_of(const std::string& text, std::size_t most = 20);

}
