#include "preflight/checklists/clock.h"
#include <fmt/format.h>

namespace fairlead::preflight {

std::string clock_behind(const sys::Repository* repository, SystemTime now) {
    constexpr std::size_t day = 10;
    const auto head = repository ? repository->head_commit() : std::nullopt;
    if (!head) return {};
    const auto commit = repository->commit(*head);
    if (!commit.ok()) return {};
    const SystemTime made{std::chrono::seconds(commit->committer_time)};
    if (made <= now + std::chrono::hours(24)) return {};
    return fmt::format("the clock says {}, but the newest commit is from {}", format_utc(now).substr(0, day),
                       format_utc(made).substr(0, day));
}

}
