#pragma once
#include <string>
#include <string_view>

namespace fairlead::sys {

// HMAC-SHA-256 (RFC 2104, RFC 4231): 32 bytes.
std::string hmac_sha256(std::string_view key, std::string_view message);
// Compares in constant time, so that the time doesn't show where the texts differ.
bool same_bytes(std::string_view one, std::string_view other);

}
