#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

// Reads the fields of a tar header, a block of 512 bytes (POSIX.1-2001, "ustar Interchange Format").
namespace fairlead::sys {

inline constexpr std::size_t tar_block_size = 512;

// Returns a field up to its first NUL.
std::string_view tar_text(std::string_view header, std::size_t at, std::size_t size);
// Parses octal digits with blanks around them, or GNU's form: the first bit is set, and a big-endian number follows.
std::optional<std::uint64_t> tar_number(std::string_view text);
// Returns whether the checksum is right. A sum of signed bytes, as some old programs wrote it, is accepted, too.
bool tar_checksum_holds(std::string_view header);
// Returns the number of padding bytes between content of this size and the next header.
inline std::uint64_t tar_padding(std::uint64_t size) {
    return (tar_block_size - size % tar_block_size) % tar_block_size;
}

}
