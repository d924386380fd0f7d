#pragma once
#include "backup/sets/manifest.h"
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

// Compares the sizes of a part with those of earlier parts, to find a loss of data that no error reported.
namespace fairlead::backup {

// A measure of size. Each measure can show a loss that the others don't: for example, a file of SQLite stays large
// after its rows are deleted. If the usual size is below `least`, a drop to less than half is not reported.
struct Size {
    std::string_view what;
    std::uint64_t least;
    std::optional<std::uint64_t> (*of)(const Part& part, const Part& now); // nothing: the parts can't be compared
    std::optional<std::uint64_t> usual(const std::vector<Part>& parts, const Part& now) const; // the median
};
std::span<const Size> all_sizes();

// Whether the part is a folder or a volume, which has no tables.
bool has_files(const Part& part);

}
