#pragma once
#include "sys/stream/stream.h"
#include <memory>
#include <string>
#include <string_view>

namespace fairlead::sys {

// "zstd:3", "gzip:6", "none": how what flows is packed. Equal bytes are packed into equal bytes by the same library,
// whatever the pieces and the processors: gzip's header has neither time nor name, and what zstd's threads pack doesn't
// depend on their number.
struct Compression {
    enum class Kind { none, gzip, zstd } kind = Kind::zstd;
    int level = 3; // gzip 1 to 9, zstd 1 to 19
};

Result<Compression> read_compression(std::string_view text); // error (usage): with what is allowed
std::string shown(const Compression& compression);           // as it is read
std::string_view suffix_of(Compression::Kind kind);          // ".zst", ".gz", ""

// The writer doesn't wait for it: gzip is worked on by a thread, zstd, with a checksum of its content, by as many as
// there are processors but one, at most 4 up to level 6 and 2 up to 9 (1 where the library was built without threads).
// Up to level 12 all of it takes at most about 60 MiB.
std::unique_ptr<Sink> compressing(const Compression& compression, std::unique_ptr<Sink> into);
// Errors (no) with `name`: damaged, cut off, or something else behind it. Several streams in a row are one.
std::unique_ptr<Source> decompressing(Compression::Kind kind, std::unique_ptr<Source> from, std::string name);

}
