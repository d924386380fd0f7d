#include "gate/freshness.h"
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
    return path != config && !path.starts_with(".fairlead/") && path != ".gitignore" && !path.ends_with("/.gitignore");
}

}

bool is_older(std::int64_t written_ns, std::int64_t than_ns) {
    if (written_ns % second == 0 || than_ns % second == 0) return written_ns / second < than_ns / second;
    return written_ns < than_ns;
}

Result<Freshness> Freshness::of(const Age& age, const std::string& folder, SystemTime now) {
    Freshness out(age, now);
    if (!age.judged) return out;
    auto tree = sys::WorkTree::open(folder);
    if (!tree.ok()) {
        auto error = std::move(tree).error();
        error.message += "; so nobody knows whether the reports belong to it (gate: max_age: off doesn't ask)";
        return error;
    }
    out.tree_ = std::move(tree).value();
    if (out.tree_)
        out.change_ = TRY(out.tree_->newest(nanoseconds(now), [&](const std::string& path) {
            return was_tested(path, out.tree_->relative(age.config_file));
        }));
    return out;
}

std::string Freshness::complaint(const std::string& path) const {
    if (!age_.judged) return {};
    if (tree_ && tree_->tracks(path))
        return "is a file that git tracks, so it may be of any run; take it out ('git rm --cached' and .gitignore), or "
               "say gate: max_age: off";
    const auto written = sys::modified_at(path);
    if (!written) return {}; // what can't be looked at can't be read either: that is told
    if (*written > nanoseconds(now_) + apart)
        return fmt::format("is dated {}: its time lies in the future, so it would never grow old; run the tests again, "
                           "or say gate: max_age: off",
                           shown(*written));
    if (age_.run_started && is_older(*written + tick, nanoseconds(*age_.run_started)))
        return fmt::format("was written at {}, before this run began at {}: the step that makes it has not written it",
                           shown(*written), format_utc(*age_.run_started));
    if (change_ && is_older(*written, change_->modified_ns))
        return fmt::format("was written at {}, before {} was {} at {}; run the tests again, or say "
                           "gate: max_age: off",
                           shown(*written), change_->path,
                           change_->removed ? "removed, after which its folder was last changed" : "changed",
                           shown(change_->modified_ns));
    if (age_.limit && nanoseconds(now_) - *written > age_.limit->count() * millisecond)
        return fmt::format("was written at {}, which is longer ago than gate: max_age: {} allows; run the tests again",
                           shown(*written), format_duration(*age_.limit));
    return {};
}

}
