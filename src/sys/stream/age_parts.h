#pragma once
#include "base/result.h"
#include "sys/sodium.h"
#include "sys/stream/age.h"
#include <array>
#include <string>
#include <string_view>

// For the .cpp files of age (https://c2sp.org/age).
namespace fairlead::sys {

using AgeKey = std::array<unsigned char, 32>;
using FileKey = std::array<unsigned char, 16>;

template <std::size_t size>
std::string_view text_of(const std::array<unsigned char, size>& bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), size};
}

AgeKey hkdf(std::string_view secret, std::string_view salt, std::string_view info); // RFC 5869, SHA-256

// Returns the header for a file key, including the newline of its last line.
std::string age_header(const FileKey& key, const AgeTo& to);
// Decrypts the file key of a whole header. Error (no): the header is damaged. Error (could_not): no key in `keys` opens
// it.
Result<FileKey> open_age_header(std::string_view header, const AgeKeys& keys, const std::string& name);
// Reads exactly to the end of the header. Error: no.
Result<std::string> read_age_header(Source& from, const std::string& name);

}
