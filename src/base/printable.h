#pragma once
#include <string>
#include <string_view>

// Foreign text as a terminal may get it: nothing in it moves the cursor, sets a title, or turns the writing around.
namespace fairlead {

// A control character (C0, DEL, C1), a line or paragraph end, a change of direction.
bool steers(char32_t c);
// What steers as \u001b, wrong bytes as U+FFFD; line ends and tabs stay. In a JSON text the same is an escape of JSON.
std::string printable(std::string_view text);
std::string one_line(std::string_view text); // the same, line ends as \n

}
