#pragma once
#include "base/result.h"
#include <cstddef>
#include <string>
#include <string_view>

namespace fairlead::sys {

// Decodes a body by its Content-Encoding (RFC 9110, 8.4): gzip, x-gzip, deflate, br, zstd and identity, also several in
// order. Error (no): the body is cut short, has another format, decodes to more than `limit` bytes, or has an unknown
// coding. An empty body stays empty in every coding.
Result<std::string> decode_body(std::string body, std::string_view codings, std::size_t limit);

}
