#pragma once
#include "base/result.h"
#include <string>
#include <string_view>

namespace fairlead::smoke::hurl {

// Returns bytes as UTF-8, decoded by the label of an encoding (WHATWG Encoding, 4.2; there, latin1 and ascii mean
// windows-1252, and gb2312 means gb18030). A byte order mark stays in the text as U+FEFF. Errors: the label is unknown
// (usage); the bytes are not in this encoding (no); iconv(3) of this system lacks the encoding (could_not).
Result<std::string> decoded(std::string_view bytes, std::string_view label);

}
