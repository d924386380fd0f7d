#include "sys/git/damage.h"
#include <array>
#include <filesystem>
#include <fmt/format.h>
#include <fstream>
#include <string_view>

namespace fairlead::sys {
namespace {

constexpr std::size_t sum_size = 20; // SHA-1

// The bytes that end `before_end` bytes before the file does; nothing where it is shorter.
std::string last_bytes(const Path& path, std::size_t before_end) {
    std::ifstream file(path, std::ios::binary | std::ios::ate);
    const auto size = static_cast<std::int64_t>(file.tellg());
    const auto from = size - static_cast<std::int64_t>(before_end + sum_size);
    std::array<char, sum_size> bytes{};
    if (!file || from < 0 || !file.seekg(from) || !file.read(bytes.data(), bytes.size())) return {};
    return {bytes.data(), bytes.size()};
}

// A pack ends with its own checksum, its index with that and the index's (gitformat-pack(5)).
bool is_whole(const Path& index, const Path& pack) {
    const auto sum = last_bytes(pack, 0);
    return !sum.empty() && sum == last_bytes(index, sum_size);
}

}

std::string damage_of(const Path& common, const std::string& id) {
    std::error_code none;
    const auto packs = common / "objects" / "pack";
    for (const auto& entry : std::filesystem::directory_iterator(packs, none)) {
        if (entry.path().extension() != ".idx") continue;
        auto pack = entry.path();
        pack.replace_extension(".pack");
        if (!is_whole(entry.path(), pack))
            return fmt::format("objects/pack/{} is cut short or damaged", pack.filename().string());
    }
    const auto name = id.size() > 2 ? fmt::format("objects/{}/{}", id.substr(0, 2), id.substr(2)) : std::string();
    if (!name.empty() && std::filesystem::exists(common / name, none)) return name + " is damaged";
    return {};
}

}
