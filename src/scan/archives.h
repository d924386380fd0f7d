#pragma once
#include "base/result.h"
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace fairlead::scan {

constexpr int nested_archives = 5;                     // how deep archives in archives are unpacked
constexpr std::uint64_t largest_ratio = 50;            // allowed ratio of the unpacked to the packed size
constexpr std::uint64_t always_unpacked = 64u << 20;   // bytes, whatever the ratio
constexpr std::uint64_t largest_unpacked = 512u << 20; // bytes, of everything in one archive

// Calls `each` for every file in a zip or tar archive or a file compressed by gzip, bzip2, xz or zstd, and for every
// file in nested archives, with a path such as `a.zip!b/c.txt`; a compressed file keeps its path. Formats are
// recognised by content. An archive that is nested deeper than `depth` is a file. Error (no) says why it can't be
// unpacked: damaged, encrypted, another format, too large; files before the damage have been passed to `each`.
using EachUnpacked = std::function<Result<void>(const std::string& path, std::string content)>;
Result<void> unpack(std::string_view archive, const std::string& path, int depth, const EachUnpacked& each);

}
