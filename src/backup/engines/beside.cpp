#include "backup/engines/beside.h"
#include "backup/names.h"
#include "sys/digest.h"
#include "sys/files/alike.h"
#include <fmt/format.h>

namespace fairlead::backup {

sys::Path beside_of(const sys::Path& target) {
    return target.parent_path() / fmt::format(".{}.fairlead-{}", target.filename().string(), sys::random_hex(4));
}

sys::Path before_of(const sys::Path& target, SystemTime now) {
    return fmt::format("{}.before_{}", target.string(), stamp(std::chrono::floor<std::chrono::seconds>(now)));
}

Result<std::string> replace_file(const sys::Path& made, const sys::Path& target, SystemTime now) {
    if (sys::inspect(target).type == sys::FileType::absent) {
        TRY_VOID(sys::rename_path(made, target));
        return std::string();
    }
    TRY_VOID(sys::look_like(made, target));
    const auto before = before_of(target, now);
    if (sys::inspect(before).type != sys::FileType::absent)
        return could_not(fmt::format("'{}' is there already; run the command again", before.string()));
    TRY_VOID(sys::rename_path(target, before));
    if (auto placed = sys::rename_path(made, target); !placed.ok()) {
        (void)sys::rename_path(before, target);
        return std::move(placed).error();
    }
    return "the old file is kept as " + before.string();
}

}
