#pragma once
#include "sys/stream/tar.h"
#include <string>

// For the .cpp files of tar.
namespace fairlead::sys {

// Returns everything before a member's content: pax records if needed, the header, and the map of holes.
std::string tar_header(const TarEntry& entry);
std::uint64_t stored_size(const TarEntry& entry); // bytes of its content in the archive
// Converts an attribute's name to "SCHILY.xattr.user.a" and back; the key contains neither '=' nor a bare '%'.
std::string to_attribute_key(std::string_view name);
std::string from_attribute_key(std::string_view key);
bool leads_out(const TarEntry& link); // for a symbolic link

inline constexpr std::string_view attribute_prefix = "SCHILY.xattr.";
inline constexpr std::size_t most_pieces = 1u << 18; // data parts in a file with holes

}
