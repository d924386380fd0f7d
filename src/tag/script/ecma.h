#pragma once
#include <optional>
#include <string>
#include <string_view>

// Text as ECMAScript treats it, because inputs were defined by what such a program accepts (ECMA-262).
namespace fairlead::tag {

std::string_view trim_blanks(std::string_view text);    // every white space and line end, U+00A0 and U+FEFF included
std::optional<double> to_number(std::string_view text); // Number(text); nothing for NaN. Empty is 0, 0x10 is 16
std::string number_text(double number);                 // String(number)
bool is_blank(char character);                          // an ASCII one

}
