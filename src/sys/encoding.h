#pragma once
#include <array>
#include <optional>
#include <string>

namespace fairlead::sys {

// The code point of each byte of a single-byte encoding that extends ASCII (windows-1252, ISO-8859-15, KOI8-R ...);
// -1 where a byte has none. Nothing for other encodings and for unknown names. From iconv(3).
std::optional<std::array<int, 256>> single_byte_map(const std::string& encoding);

}
