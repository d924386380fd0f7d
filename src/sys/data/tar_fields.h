#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

// What stands in a tar's header, a block of 512 bytes (POSIX.1-2001, "ustar Interchange Format").
namespace fairlead::sys {

inline constexpr std::size_t tar_block_size = 512;

// A field: up to its first NUL.
std::string_view tar_text(std::string_view header, std::size_t at, std::size_t size);
// Octal digits between blanks, or GNU's: the first bit set, then a big-endian number.
std::optional<std::uint64_t> tar_number(std::string_view text);
// Some old writers summed signed bytes: that holds, too.
bool tar_checksum_holds(std::string_view header);
// What is between content of that size and the next header.
inline std::uint64_t tar_padding(std::uint64_t size) {
    return (tar_block_size - size % tar_block_size) % tar_block_size;
}

}
