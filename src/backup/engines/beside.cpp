#include "backup/engines/beside.h"
#include "backup/sets/names.h"
#include "sys/fault.h"
#include "sys/files/alike.h"
#include "sys/files/exchange.h"
#include <fmt/format.h>

namespace fairlead::backup {

sys::Path before_of(const sys::Path& target, SystemTime now) {
    const auto first =
        fmt::format("{}.before_{}", target.string(), stamp(std::chrono::floor<std::chrono::seconds>(now)));
    sys::Path name = first;
    for (int again = 2; sys::inspect(name).type != sys::FileType::absent; ++again)
        name = fmt::format("{}_{}", first, again);
    return name;
}

Result<sys::Path> swap_in(const sys::Path& made, const sys::Path& target, SystemTime now) {
    if (sys::inspect(target).type == sys::FileType::absent) {
        sys::fault_point("target-absent");
        if (TRY(sys::place_path(made, target))) return sys::Path();
    }
    const sys::Path before = before_of(target, now);
    // Killed between the two, the new one has the name of the old: neither is where somebody sweeps.
    TRY_VOID(sys::rename_path(made, before));
    sys::fault_point("before-changed");
    const auto changed_places = sys::exchange_paths(before, target);
    sys::fault_point("changed-places");
    if (!changed_places.ok()) { // it may have been done and not be synced: then `before` is the old one
        auto error = changed_places.error();
        error.message += fmt::format(
            "; '{}' holds either the old or the new data: look at it before you delete it, and run the command again",
            before.string());
        return error;
    }
    if (changed_places.value() == sys::Exchanged::done) return before;
    // Somebody has deleted what was there: the new one just gets the name.
    if (changed_places.value() == sys::Exchanged::absent && TRY(sys::place_path(before, target))) return sys::Path();
    TRY_VOID(sys::rename_path(before, made));
    TRY_VOID(sys::rename_path(target, before));
    if (auto placed = sys::rename_path(made, target); !placed.ok()) {
        (void)sys::rename_path(before, target);
        return std::move(placed).error();
    }
    return before;
}

Result<std::string> replace_file(const sys::Path& made, const sys::Path& target, SystemTime now) {
    if (sys::inspect(target).type != sys::FileType::absent) TRY_VOID(sys::look_like(made, target));
    const auto before = TRY(swap_in(made, target, now));
    return before.empty() ? "" : "the old file is kept as " + before.string();
}

}
