#pragma once
#include <cstddef>
#include <string>

namespace fairlead::deploy {

// Returns the last lines of the output of an application or a command, for a terminal and for candidate.log. Also
// registers the passwords of all URLs in the text with mask(), because the output may contain any secret.
std::string last_lines_of(const std::string& text, std::size_t most = 20);

}
