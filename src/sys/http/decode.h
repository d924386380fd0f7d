#pragma once
#include "base/result.h"
#include <cstddef>
#include <string>
#include <string_view>

namespace fairlead::sys {

// The bytes behind a Content-Encoding (RFC 9110, 8.4): gzip, x-gzip, zstd and identity, several in their order.
// Error (no): it is cut short, isn't what it is called, holds more than `limit` bytes, or is in another coding. An
// empty body is empty in every coding.
Result<std::string> decode_body(std::string body, std::string_view codings, std::size_t limit);

}
