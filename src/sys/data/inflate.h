#pragma once
#include <cstddef>
#include <memory>
#include <string_view>

// Decompression piece by piece, for archive.cpp.
namespace fairlead::sys {

class Inflater {
  public:
    struct Step {
        std::size_t taken = 0, made = 0;
        bool ended = false; // of this stream; another may follow
        bool bad = false;
    };
    virtual ~Inflater() = default;
    virtual Step step(std::string_view in, char* out, std::size_t room) = 0;
};

// By the first bytes: gzip, bzip2, xz, zstd. Null: they are none of these.
std::unique_ptr<Inflater> inflater_for(std::string_view start);

}
