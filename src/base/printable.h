#pragma once
#include <cstddef>
#include <string>
#include <string_view>

// Makes foreign text safe for a terminal: it can't move the cursor, set a title, or reverse the writing.
namespace fairlead {

// Returns whether `c` is a control character (C0, DEL, C1), a line or paragraph separator, or a change of direction.
bool steers(char32_t c);
// Writes characters that steers() finds as \u001b and so on, and replaces invalid bytes by U+FFFD; line ends and tabs
// stay. The escapes are also valid in JSON.
std::string printable(std::string_view text);
std::string one_line(std::string_view text); // as printable(), and with line ends as \n
// Returns the beginning of a text for a message, on one line. A text over `most` bytes is cut between characters, and
// ends in "...".
std::string shortened(std::string_view text, std::size_t most);

}
