#include "backup/sets/sizes.h"
#include <algorithm>

namespace fairlead::backup {
namespace {

std::uint64_t rows_of(const Part& part) {
    std::uint64_t rows = 0;
    for (const TableCount& table : part.tables) rows += table.rows;
    return rows;
}
constexpr Size sizes[] = {
    {"bytes", 0, [](const Part& part, const Part&) { return std::optional(part.plain.bytes); }},
    {"rows", 1000,
     [](const Part& part, const Part&) { return part.tables.empty() ? std::nullopt : std::optional(rows_of(part)); }},
    {"packed bytes", 64 << 10,
     [](const Part& part, const Part& now) {
         return part.compression != now.compression ? std::nullopt : std::optional(part.stored.bytes);
     }},
};

}

std::span<const Size> all_sizes() { return sizes; }

std::optional<std::uint64_t> Size::usual(const std::vector<Part>& parts, const Part& now) const {
    std::vector<std::uint64_t> values;
    for (const Part& part : parts)
        if (const auto value = of(part, now)) values.push_back(*value);
    if (values.empty()) return {};
    std::sort(values.begin(), values.end());
    return values[values.size() / 2];
}

bool has_files(const Part& part) {
    const auto entries = part.facts.find("entries"); // the folder itself is one
    return entries != part.facts.end() && entries->second != "1";
}

}
