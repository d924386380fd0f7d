#pragma once
#include <cstddef>
#include <string>
#include <string_view>

// Makes foreign text safe for a terminal: it can't move the cursor, set a title, or reverse the writing.
namespace fairlead {

// Returns whether it is a control character (C0, DEL, C1), a line or paragraph separator, or a change of direction.
bool steers(char32_t c);
// Writes such characters as \u001b, and wrong bytes as U+FFFD; line ends and tabs stay. In JSON, the result is a valid
// escape.
std::string printable(std::string_view text);
std::string one_line(std::string_view text); // the same, with line ends as \n
// The beginning of a text for a message: one line, cut between characters after `most` bytes, and then "..." follows.
std::string shortened(std::string_view text, std::size_t most);

}
