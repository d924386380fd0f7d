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

// The header for a file key, from its first line to the last one's newline.
std::string age_header(const FileKey& key, const AgeTo& to);
// Of a whole header. Errors: no, it is damaged; could_not, nobody of `keys` opens it.
Result<FileKey> open_age_header(std::string_view header, const AgeKeys& keys, const std::string& name);
// Reads to the header's end and not a byte further. Error: no.
Result<std::string> read_age_header(Source& from, const std::string& name);

}
