#pragma once
#include "sys/stream/tar.h"
#include <string>

// For the .cpp files of tar.
namespace fairlead::sys {

// All that stands before a member's content: pax records where they are needed, the header, and the map of its holes.
std::string tar_header(const TarEntry& entry);
std::uint64_t stored_size(const TarEntry& entry); // of its content
// "SCHILY.xattr.user.a" spells the name so that it holds neither '=' nor '%'.
std::string to_attribute_key(std::string_view name);
std::string from_attribute_key(std::string_view key);
bool leads_out(const TarEntry& link); // of a symbolic one

inline constexpr std::string_view attribute_prefix = "SCHILY.xattr.";
inline constexpr std::size_t most_pieces = 1u << 18; // of a file with holes

}
