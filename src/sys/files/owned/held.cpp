#include "sys/files/owned/held.h"
#include "base/text.h"
#include "sys/files/owned/owned.h"
#include <fmt/format.h>

namespace fairlead::sys {

// The dot: whoever opens the folder itself without following a link gets it, too.
Path held_path(const Descriptor& folder) { return fmt::format("/proc/self/fd/{}/.", folder.get()); }

Result<HeldFolder> HeldFolder::open(const Path& folder) {
    std::error_code error;
    const auto whole = std::filesystem::absolute(folder.empty() ? Path(".") : folder, error);
    if (error) return path_error(folder.string(), "opened", error.value());
    auto opened = TRY(open_way(whole));
    return HeldFolder(std::move(opened), whole);
}

Path HeldFolder::path() const { return held_path(folder_); }

std::string HeldFolder::named(const std::string& text) const {
    return replace_all(text, path().string(), name_.string());
}

}
