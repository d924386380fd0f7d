#pragma once
#include "base/result.h"
#include <string>
#include <string_view>

namespace fairlead::sys {

// A pattern of ECMAScript (ECMA-262 22.2.1, with annex B.1.2 where the flags hold neither u nor v) written again for
// PCRE2, whose language gives other meanings to `\z`, `[[:alpha:]]`, `a++` or `{,2}`. Groups keep their numbers; names
// are resolved. The caller sets PCRE2's options for the flags i and y; m and s are in the text.
// Error (usage): flags or pattern are refused, with the reason that such a program gives.
Result<std::string> pcre_of_script(std::string_view expression, std::string_view flags);

Error not_an_expression(std::string_view expression, std::string_view flags, std::string_view reason);

}
