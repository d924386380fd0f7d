#include "init/release.h"
#include "base/text.h"
#include "base/version.h"
#include "sys/files/files.h"
#include "sys/process/process.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::init {

namespace {

bool is_hex(std::string_view text, std::size_t size) {
    return text.size() == size && text.find_first_not_of("0123456789abcdef") == text.npos;
}

}

std::optional<Release> read_release(std::string_view text, std::string_view version) {
    Release release;
    bool is_this = false;
    for (const auto& line : split(text, '\n')) {
        const auto gap = line.find(' ');
        if (gap == line.npos) {
            if (line.empty()) continue;
            return std::nullopt;
        }
        const auto name = line.substr(0, gap);
        const auto value = trim(std::string_view(line).substr(gap));
        if (name == "version") {
            is_this = value == version;
        } else if (name == "commit" && is_hex(value, 40)) {
            release.commit = value;
        } else if (is_hex(name, 64)) {
            if (value == fmt::format("fairlead-{}-linux-x64-bin.tar.gz", version)) release.x64 = name;
            if (value == fmt::format("fairlead-{}-linux-arm64-bin.tar.gz", version)) release.arm64 = name;
        } else {
            return std::nullopt;
        }
    }
    if (!is_this || release.commit.empty()) return std::nullopt;
    return release;
}

std::optional<Release> own_release() {
    constexpr std::uint64_t most = 64u << 10;
    const auto file = sys::Path(sys::own_program()).parent_path().parent_path() / "share/fairlead/release";
    if (sys::inspect(file).type != sys::FileType::file) return std::nullopt;
    const auto text = sys::read_file(file.string(), most);
    return text.ok() ? read_release(text.value(), version()) : std::nullopt;
}

}
