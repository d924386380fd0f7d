#pragma once
#include <optional>
#include <string>
#include <string_view>

// BIP 173, of any length: https://c2sp.org/age spells its keys so.
namespace fairlead::sys {

std::string to_bech32(std::string_view prefix, std::string_view bytes); // prefix and all in lower case
// The bytes; nothing: another prefix, mixed case, a wrong checksum or padding. The prefix is in lower case.
std::optional<std::string> from_bech32(std::string_view prefix, std::string_view text);

}
