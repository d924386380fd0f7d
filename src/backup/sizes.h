#pragma once
#include "backup/manifest.h"
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

// How large a part is, beside what it was: a loss that nobody told shows there.
namespace fairlead::backup {

// Each tells of a loss that the others don't see: a file of SQLite stays as large as it was. Of little, less than half
// is nothing strange.
struct Size {
    std::string_view what;
    std::uint64_t least;
    std::optional<std::uint64_t> (*of)(const Part& part, const Part& now); // nothing: they can't be compared
    std::optional<std::uint64_t> usual(const std::vector<Part>& parts, const Part& now) const; // the median
};
std::span<const Size> all_sizes();

// Of a folder, or a volume, whose part has no tables.
bool has_files(const Part& part);

}
