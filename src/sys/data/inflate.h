#pragma once
#include "base/result.h"
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

// Decompression piece by piece, for archive.cpp, zip.cpp and stream/compress.cpp.
namespace fairlead::sys {

inline constexpr std::size_t inflate_piece = 1u << 30; // most bytes in one step: zlib and bzip2 count in 32 bits

class Inflater {
  public:
    struct Step {
        std::size_t taken = 0, made = 0;
        bool ended = false; // the end of this compressed stream; another may follow
        bool bad = false;
    };
    virtual ~Inflater() = default;
    virtual Step step(std::string_view in, char* out, std::size_t room) = 0;
};

std::unique_ptr<Inflater> gzip_inflater();
std::unique_ptr<Inflater> deflate_inflater(); // RFC 1951, as in zip archives
std::unique_ptr<Inflater> zlib_inflater();    // RFC 1950, HTTP's `deflate`
std::unique_ptr<Inflater> zstd_inflater();
std::unique_ptr<Inflater> brotli_inflater(); // RFC 7932; null: the machine has no libbrotlidec.so.1

// Chooses by the first bytes: gzip, bzip2, xz or zstd. Null: another format.
std::unique_ptr<Inflater> inflater_for(std::string_view start);

// Decompresses all of it. Error (no): another format, damaged, cut short, or more than `limit` bytes.
Result<std::string> inflate_all(std::string_view packed, std::uint64_t limit);

}
