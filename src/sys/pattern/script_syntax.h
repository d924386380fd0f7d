#pragma once
#include "base/result.h"
#include <string>
#include <string_view>

namespace fairlead::sys {

// Translates a pattern of ECMAScript (ECMA-262 22.2.1; annex B.1.2 if the flags contain neither u nor v) into PCRE2's
// syntax, which reads `\z`, `[[:alpha:]]`, `a++` or `{,2}` differently. Groups keep their numbers; names are resolved.
// The caller sets PCRE2's options for the flags i and y; m and s are part of the text. Error (usage): flags or pattern
// are refused, with the reason that an ECMAScript program gives.
Result<std::string> pcre_of_script(std::string_view expression, std::string_view flags);

Error not_an_expression(std::string_view expression, std::string_view flags, std::string_view reason);

}
