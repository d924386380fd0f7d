#pragma once
#include <optional>
#include <string>
#include <string_view>

// Treats text as ECMAScript does, because the inputs were defined by a JavaScript program (ECMA-262).
namespace fairlead::tag {

std::string_view trim_blanks(std::string_view text);    // trims all white space and line ends, also U+00A0 and U+FEFF
std::optional<double> to_number(std::string_view text); // Number(text); nothing for NaN. "" gives 0, "0x10" gives 16
std::string number_text(double number);                 // String(number)
bool is_blank(char character);                          // an ASCII blank

}
