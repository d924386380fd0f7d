#include "backup/pitr/keep.h"
#include <algorithm>
#include <tuple>

namespace fairlead::backup::pitr {
namespace {

auto order(const Segment& one) { return std::tuple(one.timeline, one.number); }

}

Division divide(const Bases& bases, const Keep& keep, SystemTime now) {
    Division division;
    const auto begins = now - keep.pitr;
    for (const Base& base : bases.whole) {
        const bool reaches = !division.window.empty() && division.window.back()->stopped <= begins;
        (keep.pitr.count() > 0 && reaches ? division.older : division.window).push_back(&base);
    }
    for (const Base* base : division.window)
        if (!division.from || order(base->start) < order(*division.from)) division.from = base->start;
    return division;
}

bool is_needed(const std::string& name, const Division& division, const std::vector<const Base*>& kept_older) {
    constexpr std::size_t whole = 24; // digits of a segment's name, which labels and partial ones begin with
    if (!division.from) return true;
    const auto segment = parse_segment(name.substr(0, whole), division.window.front()->segment_bytes);
    if (!segment || order(*segment) >= order(*division.from)) return true;
    return std::any_of(kept_older.begin(), kept_older.end(), [&](const Base* base) {
        return order(base->start) <= order(*segment) && order(*segment) <= order(base->stop);
    });
}

}
