#include "backup/sets/retention.h"
#include "support/catch.h"
#include <algorithm>
#include <cstdlib>
#include <fmt/format.h>
#include <map>
#include <random>

using namespace fairlead;
using namespace fairlead::backup;
using std::chrono::days;
using std::chrono::hours;

namespace {

SystemTime moment(const std::string& text) { return parse_utc(text).value(); }

Candidate candidate(const std::string& time, bool verified = false) { return {time, moment(time), verified}; }

std::map<std::string, Fate> fates(const std::vector<Candidate>& sets, const Keep& keep, const std::string& now) {
    std::map<std::string, Fate> found;
    for (const auto& fate : decide(sets, keep, moment(now))) found[fate.id] = fate;
    return found;
}

std::vector<Candidate> daily(int count, SystemTime last) {
    std::vector<Candidate> sets;
    for (int back = 0; back < count; ++back) sets.push_back({fmt::format("d{}", back), last - days(back)});
    return sets;
}

}

TEST_CASE("without a rule all stay, and each says why") {
    const auto found =
        fates({candidate("2020-01-01T00:00:00Z"), candidate("2026-01-01T00:00:00Z")}, {}, "2026-01-02T00:00:00Z");
    CHECK(found.at("2020-01-01T00:00:00Z").stays);
    CHECK(found.at("2020-01-01T00:00:00Z").reason == "backup.keep has no rule");
    CHECK(found.at("2026-01-01T00:00:00Z").reason == "the newest, backup.keep has no rule");
}

TEST_CASE("days of 30 let go what is older than 30 times 24 hours") {
    const auto found =
        fates({candidate("2026-03-01T00:00:00Z"), candidate("2026-01-30T00:00:01Z"), candidate("2026-01-30T00:00:00Z")},
              {.days = 30}, "2026-03-01T00:00:00Z");
    CHECK(found.at("2026-01-30T00:00:01Z").stays);
    CHECK(found.at("2026-01-30T00:00:01Z").reason == "younger than 30 days");
    CHECK_FALSE(found.at("2026-01-30T00:00:00Z").stays);
    CHECK(found.at("2026-01-30T00:00:00Z").reason == "30 days old, and no rule keeps it");
}

TEST_CASE("sets of other sources are counted apart") {
    auto part = candidate("2026-02-01T10:00:00Z");
    part.sources = "uploads";
    auto whole = candidate("2026-01-31T10:00:00Z");
    whole.sources = "db, uploads";
    const auto found = fates({part, whole}, {.last = 1}, "2026-02-02T00:00:00Z");
    CHECK(found.at(whole.id).reason == "the newest of db, uploads, last 1 of 1");
    CHECK(found.at(part.id).reason == "the newest of uploads, last 1 of 1");
}

TEST_CASE("the set that was made last stays, though a clock that was ahead gave another one a later name") {
    auto latest = candidate("2026-02-02T10:00:00Z");
    latest.is_latest = true;
    const auto found = fates({candidate("2026-02-03T10:00:00Z"), latest, candidate("2026-02-01T10:00:00Z")},
                             {.last = 1}, "2026-02-04T00:00:00Z");
    CHECK(found.at(latest.id).stays);
    CHECK(found.at(latest.id).reason == "the newest");
    CHECK(found.at("2026-02-03T10:00:00Z").stays);
    CHECK_FALSE(found.at("2026-02-01T10:00:00Z").stays);
}

TEST_CASE("the first set of a period stays for it") {
    const auto found = fates({candidate("2026-01-31T22:00:00Z"), candidate("2026-01-31T10:00:00Z"),
                              candidate("2026-01-30T22:00:00Z"), candidate("2026-01-30T10:00:00Z")},
                             {.daily = 2}, "2026-02-01T00:00:00Z");
    CHECK(found.at("2026-01-31T10:00:00Z").reason == "daily 1 of 2 (2026-01-31)");
    CHECK(found.at("2026-01-30T10:00:00Z").reason == "daily 2 of 2 (2026-01-30)");
    CHECK(found.at("2026-01-31T22:00:00Z").reason == "the newest");
    CHECK_FALSE(found.at("2026-01-30T22:00:00Z").stays);
}

TEST_CASE("weeks are those of ISO 8601, over the end of a year, too") {
    const auto found = fates({candidate("2027-01-04T00:00:00Z"), candidate("2027-01-03T00:00:00Z"),
                              candidate("2026-12-28T00:00:00Z"), candidate("2026-12-27T00:00:00Z")},
                             {.weekly = 4}, "2027-01-05T00:00:00Z");
    CHECK(found.at("2027-01-04T00:00:00Z").reason == "the newest, weekly 1 of 4 (2027-W01)");
    CHECK_FALSE(found.at("2027-01-03T00:00:00Z").stays);
    CHECK(found.at("2026-12-28T00:00:00Z").reason == "weekly 2 of 4 (2026-W53)");
    CHECK(found.at("2026-12-27T00:00:00Z").reason == "weekly 3 of 4 (2026-W52)");
}

TEST_CASE("periods without a set don't count, so a gap evicts nothing") {
    const auto found =
        fates({candidate("2026-01-31T10:00:00Z"), candidate("2025-06-01T10:00:00Z"), candidate("2024-01-01T10:00:00Z")},
              {.daily = 3}, "2026-02-01T00:00:00Z");
    for (const auto& [id, fate] : found) CHECK(fate.stays);
}

TEST_CASE("the newest, the newest verified one, marked and needed ones never go") {
    auto sets = daily(100, moment("2026-01-31T10:00:00Z"));
    sets[70].is_verified = sets[90].is_verified = true;
    sets[80].is_marked = true;
    sets[85].needed = "a restore";
    std::vector<std::string> kept;
    for (const auto& fate : decide(sets, {.days = 1}, moment("2026-05-01T00:00:00Z")))
        if (fate.stays) kept.push_back(fate.id + ": " + fate.reason);
    CHECK(kept == std::vector<std::string>{"d0: the newest", "d70: the newest verified set", "d80: marked to stay",
                                           "d85: needed by a restore"});
}

TEST_CASE("a clock that jumped back, or more than half at once, is refused") {
    const auto sets = daily(10, moment("2026-01-31T10:00:00Z"));
    const auto early = moment("2026-01-31T09:00:00Z"), late = moment("2027-01-01T00:00:00Z");
    CHECK(check_fates(decide(sets, {.days = 1}, early), early, Many::allowed).error().message.find("set the clock") !=
          std::string::npos);
    const auto going = decide(sets, {.days = 1}, late);
    CHECK(check_fates(going, late, Many::refused).error().message.find("9 of 10 sets would be deleted at once") !=
          std::string::npos);
    CHECK(check_fates(going, late, Many::allowed).ok());
    CHECK(check_fates(decide(sets, {.last = 5}, late), late, Many::refused).ok());
    CHECK(check_fates({}, late, Many::refused).ok());
}

TEST_CASE("over 1,000 days with failed runs and a jumping clock the rules hold each day") {
    std::mt19937 random(14);
    const Keep keep{.days = 14, .last = 3, .daily = 7, .weekly = 4, .monthly = 12, .yearly = 2};
    std::vector<Candidate> sets;
    const auto begin = moment("2026-01-01T03:00:00Z");
    std::size_t refused = 0, failed = 0, made = 0, deleted = 0;
    std::vector<Fate> all;
    for (int day = 0; day < 1000; ++day) {
        auto now = begin + days(day);
        const bool jumped = day % 97 == 50;
        if (jumped) now -= days(3);
        if (random() % 10 != 0 && !jumped) { // a run that failed leaves no set
            sets.push_back({fmt::format("set{}", day), now, random() % 7 == 0});
            ++made;
        } else {
            ++failed;
        }
        all = decide(sets, keep, now);
        if (!check_fates(all, now, Many::refused).ok()) {
            ++refused;
            continue;
        }
        const auto newest_verified =
            std::find_if(sets.rbegin(), sets.rend(), [](const Candidate& one) { return one.is_verified; });
        const std::string verified = newest_verified == sets.rend() ? "" : newest_verified->id;
        const std::size_t before = sets.size();
        for (const Fate& fate : all)
            if (!fate.stays) {
                REQUIRE(now - fate.time >= days(14));
                REQUIRE(fate.id != verified);
                deleted += std::erase_if(sets, [&](const Candidate& one) { return one.id == fate.id; });
            }
        REQUIRE(sets.size() >= std::min<std::size_t>(before, 3));
        REQUIRE(sets.size() <= 14 + 3 + 7 + 4 + 12 + 2 + 1);
    }
    CHECK(refused > 0);
    if (std::getenv("FAIRLEAD_RETENTION_TABLE") != nullptr) { // for script/bench backup days
        fmt::print(
            "{} days, {} sets made, {} runs failed, {} prunes refused by the clock, {} sets deleted, {} kept:\n\n"
            "| set | time | verified | kept for |\n|---|---|---|---|\n",
            1000, made, failed, refused, deleted, sets.size());
        for (const Fate& fate : all) {
            if (!fate.stays) continue;
            const bool verified = std::any_of(
                sets.begin(), sets.end(), [&](const Candidate& one) { return one.id == fate.id && one.is_verified; });
            fmt::print("| {} | {} | {} | {} |\n", fate.id, format_utc(fate.time), verified ? "yes" : "", fate.reason);
        }
    }
    // What is left at the end, by hand: two weeks, then weeks, months and years thin out.
    std::map<std::string, int> by_month;
    for (const auto& set : sets) ++by_month[format_utc(set.time).substr(0, 7)];
    CHECK(by_month.size() >= 12);
    CHECK(by_month["2028-09"] >= 12);
    CHECK(by_month["2028-01"] == 1);
}
