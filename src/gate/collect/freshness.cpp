#include "gate/collect/freshness.h"
#include "base/path.h"
#include "sys/files/beneath.h"
#include <fmt/format.h>

namespace fairlead::gate {

namespace {

constexpr std::int64_t second = 1'000'000'000;
constexpr std::int64_t millisecond = 1'000'000;
// The kernel dates files by a clock that ticks each 10 ms at the slowest: a file may look older than the clock that
// FAIRLEAD_RUN_STARTED was read from.
constexpr std::int64_t tick = 10 * millisecond;
// Clocks of the machines that share a file system may be this far apart.
constexpr std::int64_t apart = 60 * second;

std::int64_t nanoseconds(SystemTime time) { return time.time_since_epoch().count() * millisecond; }

std::string shown(std::int64_t ns) { return format_utc(SystemTime(Milliseconds(ns / millisecond))); }

// What only gate, its fellows and git read says nothing about what was tested.
bool was_tested(const std::string& path, const std::string& config) {
    const auto name = file_name(path);
    return path != config && name != "fairlead.yml" && name != ".gitignore" && !path.starts_with(".fairlead/");
}

}

bool is_older(std::int64_t written_ns, std::int64_t than_ns) {
    if (written_ns % second == 0 || than_ns % second == 0) return written_ns / second < than_ns / second;
    return written_ns < than_ns;
}

namespace {

Result<std::optional<sys::WorkTree>> open_tree(const std::string& folder) {
    auto tree = sys::WorkTree::open(folder);
    if (tree.ok()) return tree;
    auto error = std::move(tree).error();
    error.message += "; so it is not known whether the reports belong to it (gate: max_age: off skips this check)";
    return error;
}

}

Result<Freshness> Freshness::of(const Age& age, const std::string& folder, SystemTime now) {
    Freshness out(age, now);
    if (!age.judged) return out;
    out.tree_ = TRY(open_tree(folder));
    if (out.tree_)
        // Also what changes while we look; what is dated later than that is of no clock that could be right.
        out.change_ = TRY(out.tree_->newest(nanoseconds(now) + apart, [&](const std::string& path) {
            return was_tested(path, out.tree_->relative(age.config_file));
        }));
    return out;
}

// What a submodule tracks is committed as surely as what the repository itself does: who chooses its commit chooses the
// report. So is what any other repository on the way up tracks.
Result<std::string> Freshness::tracked(const std::string& path) {
    if (tree_ && tree_->tracks(path))
        return std::string("is a file that git tracks, so it may be from any run; remove it from git ('git rm "
                           "--cached' and .gitignore), or say gate: max_age: off");
    for (sys::Path inside = path; inside.has_relative_path();) {
        const auto top = sys::tree_around(inside.parent_path());
        if (!top || (tree_ && *top == tree_->root())) break;
        auto known = others_.find(*top);
        if (known == others_.end()) {
            auto opened = TRY(open_tree(*top));
            known = others_.emplace(*top, std::move(opened)).first;
        }
        if (known->second && known->second->tracks(path))
            return fmt::format("is a file that git tracks in {}, so it may be from any run; let the tests write their "
                               "report to another place, or say gate: max_age: off",
                               tree_ && !tree_->relative(*top).empty() ? tree_->relative(*top) : *top);
        inside = *top;
    }
    return std::string();
}

Result<std::string> Freshness::complaint(const std::string& path, std::string_view again) {
    if (!age_.judged) return std::string();
    auto committed = TRY(tracked(path));
    if (!committed.empty()) return committed;
    const auto written = sys::modified_at(path);
    if (!written) return std::string(); // what can't be looked at can't be read either: that is told
    if (*written > nanoseconds(now_) + apart)
        return fmt::format("is dated {}, which is in the future, so it would never be too old; {}, or say gate: "
                           "max_age: off",
                           shown(*written), again);
    if (age_.run_started && is_older(*written + tick, nanoseconds(*age_.run_started)))
        return fmt::format("was written at {}, before this run began at {}: no step of this run has written it",
                           shown(*written), format_utc(*age_.run_started));
    if (change_ && is_older(*written, change_->modified_ns))
        return fmt::format("was written at {}, before {} was {} at {}; {}, or say gate: max_age: off", shown(*written),
                           change_->path, change_->removed ? "removed (last change of its folder)" : "changed",
                           shown(change_->modified_ns), again);
    if (age_.limit && nanoseconds(now_) - *written > age_.limit->count() * millisecond)
        return fmt::format("was written at {}, which is longer ago than gate: max_age: {} allows; {}", shown(*written),
                           format_duration(*age_.limit), again);
    return std::string();
}

}
