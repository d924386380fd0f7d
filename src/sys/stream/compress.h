#pragma once
#include "sys/stream/stream.h"
#include <memory>
#include <string>
#include <string_view>

namespace fairlead::sys {

// How a stream is compressed: "zstd:3", "gzip:6", "none". With the same library, the same bytes always give the same
// compressed bytes, however they are divided into pieces, and on any number of processors. For that, gzip's header has
// neither time nor name, and zstd's output doesn't depend on the number of its threads.
struct Compression {
    enum class Kind { none, gzip, zstd } kind = Kind::zstd;
    int level = 3; // gzip 1 to 9, zstd 1 to 19
};

Result<Compression> read_compression(std::string_view text); // error (usage), with the allowed values
std::string shown(const Compression& compression);           // in the form that read_compression() reads
std::string_view suffix_of(Compression::Kind kind);          // ".zst", ".gz", ""

// Compresses in threads, so that the writer need not wait. gzip uses one thread. zstd adds a checksum of the content,
// and leaves one processor free. It uses at most 4 threads up to level 6, and 2 up to level 9 (only 1 if the library
// was built without threads). Up to level 12 it takes at most about 60 MiB.
std::unique_ptr<Sink> compressing(const Compression& compression, std::unique_ptr<Sink> into);
// Decompresses; several streams in a row count as one. Error (no) with `name`: it is damaged or cut off, or other bytes
// follow.
std::unique_ptr<Source> decompressing(Compression::Kind kind, std::unique_ptr<Source> from, std::string name);

}
