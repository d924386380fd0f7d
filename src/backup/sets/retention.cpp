#include "backup/sets/retention.h"
#include "base/text.h"
#include <algorithm>
#include <chrono>
#include <fmt/format.h>
#include <functional>
#include <map>
#include <set>

namespace fairlead::backup {
namespace {

using std::chrono::days;
using Day = std::chrono::sys_days;

std::string day_of(Day day) { return format_utc(day).substr(0, 10); }
std::string month_of(Day day) { return day_of(day).substr(0, 7); }
std::string year_of(Day day) { return day_of(day).substr(0, 4); }

// "2026-W05": a week belongs to the year of its Thursday.
std::string week_of(Day day) {
    const std::chrono::weekday weekday(day);
    const Day thursday = day - days(weekday.iso_encoding()) + days(4);
    const std::chrono::year year = std::chrono::year_month_day(thursday).year();
    const auto passed = thursday - Day(year / 1 / 1);
    return fmt::format("{:04}-W{:02}", int(year), passed.count() / 7 + 1);
}

struct Period {
    const char* name;
    std::int64_t Keep::*count;
    std::string (*of)(Day day);
};
constexpr Period periods[] = {{"daily", &Keep::daily, day_of},
                              {"weekly", &Keep::weekly, week_of},
                              {"monthly", &Keep::monthly, month_of},
                              {"yearly", &Keep::yearly, year_of}};

Day day(SystemTime time) { return std::chrono::floor<days>(time); }

void keep_periods(const std::vector<Candidate>& sets, const Period& period, std::int64_t wanted,
                  std::map<std::string, std::vector<std::string>>& reasons) {
    std::int64_t number = 0;
    for (std::size_t at = 0; at < sets.size() && number < wanted;) {
        const std::string name = period.of(day(sets[at].time));
        std::size_t first = at; // the oldest of this period
        while (first + 1 < sets.size() && period.of(day(sets[first + 1].time)) == name) ++first;
        reasons[sets[first].id].push_back(fmt::format("{} {} of {} ({})", period.name, ++number, wanted, name));
        at = first + 1;
    }
}

using Reasons = std::map<std::string, std::vector<std::string>>; // by id

// Of sets of the same sources; `of` says which, where there are others.
void reasons_to_stay(const std::vector<Candidate>& sets, const Keep& keep, SystemTime now, const std::string& of,
                     Reasons& reasons) {
    const auto newest_verified =
        std::find_if(sets.begin(), sets.end(), [](const Candidate& one) { return one.is_verified; });
    for (const Candidate& set : sets) {
        auto& its = reasons[set.id];
        if (&set == &sets.front() || set.is_latest) its.push_back("the newest" + of);
        if (newest_verified != sets.end() && set.id == newest_verified->id)
            its.push_back("the newest verified set" + of);
        if (set.is_marked) its.emplace_back("marked to stay");
        if (!set.needed.empty()) its.push_back("needed by " + set.needed);
        if (keep.is_empty()) its.emplace_back("backup.keep has no rule");
        if (keep.days > 0 && now - set.time < days(keep.days))
            its.push_back(fmt::format("younger than {} days", keep.days));
    }
    for (std::size_t at = 0; at < sets.size() && at < static_cast<std::size_t>(keep.last); ++at)
        reasons[sets[at].id].push_back(fmt::format("last {} of {}", at + 1, keep.last));
    for (const Period& period : periods) keep_periods(sets, period, keep.*period.count, reasons);
}

std::string age_of(SystemTime time, SystemTime now) {
    constexpr int hours_of_day = 24;
    const auto hours = std::chrono::duration_cast<std::chrono::hours>(now - time).count();
    return hours < 2 * hours_of_day ? fmt::format("{} h", hours) : fmt::format("{} days", hours / hours_of_day);
}

}

std::vector<Fate> decide(std::vector<Candidate> candidates, const Keep& keep, SystemTime now) {
    std::stable_sort(candidates.begin(), candidates.end(),
                     [](const Candidate& a, const Candidate& b) { return a.time > b.time; });
    std::map<std::string, std::vector<Candidate>> by_sources;
    for (const Candidate& set : candidates) by_sources[set.sources].push_back(set);
    Reasons reasons;
    for (const auto& [sources, sets] : by_sources)
        reasons_to_stay(sets, keep, now, by_sources.size() > 1 ? " of " + sources : "", reasons);
    std::vector<Fate> fates;
    for (const Candidate& set : candidates) {
        const auto& its = reasons.at(set.id);
        fates.push_back({set.id, set.time, !its.empty(),
                         its.empty() ? age_of(set.time, now) + " old, and no rule keeps it" : join(its, ", ")});
    }
    return fates;
}

Result<void> check_fates(std::span<const Fate> fates, SystemTime now, Many many) {
    if (fates.empty()) return {};
    if (fates.front().time > now)
        return no(
            fmt::format("the clock says {}, and set '{}' is from {}; nothing is deleted by such a clock: set the clock",
                        format_utc(now), fates.front().id, format_utc(fates.front().time)));
    const auto going = std::count_if(fates.begin(), fates.end(), [](const Fate& one) { return !one.stays; });
    if (many == Many::allowed || 2 * static_cast<std::size_t>(going) <= fates.size()) return {};
    return no(fmt::format(
        "{} of {} sets would be deleted at once, more than half; look at prune --dry-run, then say --allow-many", going,
        fates.size()));
}

}
