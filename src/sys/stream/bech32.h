#pragma once
#include <optional>
#include <string>
#include <string_view>

// Encodes by BIP 173, for any length, as age keys need it (https://c2sp.org/age).
namespace fairlead::sys {

std::string to_bech32(std::string_view prefix, std::string_view bytes); // all in lower case, with the prefix
// Decodes the bytes. Nothing: another prefix, mixed case, a wrong checksum or padding. `prefix` is in lower case.
std::optional<std::string> from_bech32(std::string_view prefix, std::string_view text);

}
