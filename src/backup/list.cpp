// list, status: what is there, without a lock and without a change.
#include "backup/job.h"
#include "backup/pgbackrest/commands.h"
#include "backup/status.h"
#include "backup/verified.h"
#include "base/shell.h"
#include "base/text.h"
#include "base/words.h"
#include "sys/data/json.h"
#include <algorithm>
#include <fmt/format.h>
#include <set>

namespace fairlead::backup {
namespace {

Wanted wanted_of(const Job& job, const Request& request) {
    const auto& settings = job.settings;
    return {.max_age = request.max_age,
            .max_unverified = request.max_unverified,
            .rpo = settings.rpo,
            .rto = settings.rto,
            .level = static_cast<int>(settings.verify.level)};
}

sys::Json id_of(const Set* set) { return set == nullptr ? sys::Json() : sys::Json(set->id); }

constexpr std::size_t most_opened = 100; // manifests

// Sets are opened, newest first, until each source is found twice, in one, and in a verified one.
std::vector<SourceTimes> source_times(const Job& job, const Found& found, int level) {
    std::vector<SourceTimes> all;
    for (const auto& source : job.settings.sources)
        if (!source.is_cluster()) all.push_back({.name = source.name, .newest = {}, .verified = {}});
    std::size_t left = most_opened;
    for (const Set& set : found.sets) {
        const bool is_verified = set.verified(level).has_value();
        const auto gains = [&](const SourceTimes& one) { return !one.newest || (is_verified && !one.verified); };
        if (std::none_of(all.begin(), all.end(), gains)) continue;
        if (left-- == 0) break;
        const auto manifest = open_trusted(job, job.store(), set);
        if (!manifest.ok()) continue;
        for (SourceTimes& one : all) {
            if (manifest->find(one.name) == nullptr) continue;
            if (!one.newest) one.newest = set.time;
            if (is_verified && !one.verified) one.verified = set.time;
        }
    }
    return all;
}

// What the further stores lack of the first one's sets. The newest set has to be in as many as `run` wants.
struct Copies {
    std::string text;
    sys::Json json = sys::Json::array();
    std::string failure;
};

// Why nobody may count on a copy; empty: nothing is known against it. Of the newest set the manifest is read.
std::string fault_of(const Job& job, Store& store, const Set& set, bool is_newest) {
    if (const auto failed = set.failed()) return fmt::format("it failed its verification (level {})", failed->level);
    if (!is_newest || !set.fault.empty()) return set.fault;
    const auto whole = open_trusted(job, store, set);
    return whole.ok() ? "" : whole.error().message;
}

Copies copies_of(const Job& job, const Found& first) {
    Copies copies;
    std::size_t have = 1;
    for (std::size_t at = 1; at < job.stores.size(); ++at) {
        Store& store = *job.stores[at];
        const auto found = list_judged(job, store);
        if (!found.ok()) {
            copies.text += fmt::format("copies: {} can't be read: {}\n", store.shown(), found.error().message);
            copies.json.push_back({{"store", store.shown()}, {"lacks", sys::Json()}});
            continue;
        }
        std::set<std::string> there;
        std::string faults;
        for (const Set& set : found->sets) {
            const bool is_newest = !first.sets.empty() && set.id == first.sets.front().id;
            const auto fault = fault_of(job, store, set, is_newest);
            if (fault.empty())
                there.insert(set.id);
            else
                faults += fmt::format("copies: {}, set {}: {}\n", store.shown(), set.id, fault);
        }
        const auto lacks =
            std::count_if(first.sets.begin(), first.sets.end(), [&](const Set& set) { return !there.count(set.id); });
        if (!first.sets.empty() && there.count(first.sets.front().id)) ++have;
        copies.text += fmt::format("copies: {}, {}{}\n", store.shown(), counted(there.size(), "set", "sets"),
                                   lacks == 0 ? "" : fmt::format(", lacks {} of the sets in the first store", lacks));
        copies.text += faults;
        copies.json.push_back({{"store", store.shown()}, {"lacks", lacks}});
    }
    const auto least = job.settings.least_copies(job.stores.size());
    if (!first.sets.empty() && have < least)
        copies.failure =
            fmt::format("the newest set has {} of the {} complete copies that are needed; run fairlead-backup push {}",
                        have, least, shell_word(first.sets.front().id));
    return copies;
}

std::string text_of(const Standing& standing, const Job& job) {
    std::string text =
        fmt::format("store: {}\nsets: {}, {}\n", job.store().shown(), standing.count, shown_bytes(standing.bytes));
    if (standing.newest != nullptr)
        text += fmt::format("newest: {}, {}\n", standing.newest->id, shown_past(*standing.age));
    text += standing.newest_verified == nullptr
                ? "newest verified: none\n"
                : fmt::format("newest verified: {}, {}\n", standing.newest_verified->id, shown_past(*standing.rpo));
    text += standing.rpo ? fmt::format("RPO: {} would be lost\n", shown_age(*standing.rpo))
                         : std::string("RPO: unknown until a set is verified\n");
    text += standing.rto ? fmt::format("RTO: {} to restore\n", shown_age(*standing.rto))
                         : std::string("RTO: unknown until verify --level 4 measured it\n");
    return text;
}

// Manifests of sets with a verification are read already, and of the others those of the newest.
void find_faults(const Job& job, Found& found) {
    std::size_t left = most_opened;
    for (Set& set : found.sets) {
        if (!set.claims.empty()) continue;
        if (left-- == 0) return;
        const auto whole = open_trusted(job, job.store(), set);
        if (!whole.ok()) set.fault = whole.error().message;
    }
}

Result<report::Report> list_sets_of(const Job& job) {
    auto found = TRY(list_first(job));
    find_faults(job, found);
    const auto now = job.clock.now();
    report::Report report;
    sys::Json sets = sys::Json::array();
    for (const Set& set : found.sets) {
        const auto level = static_cast<int>(job.settings.verify.level);
        report.text += fmt::format("{}  {}  {}  {}{}{}\n", set.id, shown_past(now - set.time), shown_bytes(set.bytes()),
                                   shown_verification(set, level, now), set.keep ? "  stays" : "",
                                   set.fault.empty() ? "" : "  not usable: " + set.fault);
        sets.push_back(shown(set, job));
    }
    for (const Set& set : found.unfinished)
        if (set.begun) report.text += fmt::format("{}  unfinished: a run is at work, or was killed\n", set.id);
    report.facts = fmt::format("{} of {} in {}{}", counted(found.sets.size(), "set", "sets"), job.app,
                               job.store().shown(), found.others.empty() ? "" : "; it has sets of " + found.others);
    report.members = {report::member("store", job.store().shown()), report::member("sets", std::move(sets))};
    if (job.stores.size() == 1) return report;
    const auto copies = copies_of(job, found);
    report.text += copies.text;
    report.members.push_back(report::member("copies", copies.json));
    return report;
}

Result<report::Report> status_of_sets(const Place& place, const Job& job, const Wanted& wanted, const Found& found,
                                      Standing& standing) {
    const auto rto = TRY(last_restore_time(job, found));
    const auto now = job.clock.now();
    standing = standing_of(found, wanted, rto, now);
    if (standing.newest != nullptr) {
        if (const auto whole = open_trusted(job, job.store(), *standing.newest); !whole.ok())
            standing.failures.push_back(whole.error().message);
        else if (place.section["sources"].present())
            judge_sources(standing, source_times(job, found, wanted.level), wanted, now);
    }
    const auto copies = copies_of(job, found);
    if (!copies.failure.empty()) standing.failures.push_back(copies.failure);
    report::Report report;
    report.text = text_of(standing, job) + copies.text;
    for (std::size_t at = 1; at < standing.failures.size(); ++at) report.text += standing.failures[at] + "\n";
    report.facts = standing.failures.empty()
                       ? fmt::format("{}, the newest {} old", counted(standing.count, "set", "sets"),
                                     shown_age(standing.age.value_or(Milliseconds{0})))
                       : standing.failures.front();
    report.members = {report::member("store", job.store().shown()),
                      report::member("sets", standing.count),
                      report::member("bytes", standing.bytes),
                      report::member("newest", id_of(standing.newest)),
                      report::member("newest_verified", id_of(standing.newest_verified)),
                      report::member("age_seconds", seconds_of(standing.age)),
                      report::member("since_verified_seconds", seconds_of(standing.since_verified)),
                      report::member("rpo_seconds", seconds_of(standing.rpo)),
                      report::member("rto_seconds", seconds_of(standing.rto)),
                      report::member("copies", copies.json),
                      report::member("failures", standing.failures)};
    if (standing.failures.empty()) return report;
    report.verdict = report::Verdict::fail;
    report.stays_no = standing.failures.front();
    return report;
}

}

Result<report::Report> list(const Place& place, const Request& request) {
    const Job job = TRY(begin(place, request, Stores::of_sets, Content::closed));
    TRY_VOID(pgbackrest::check_names(job, request));
    const auto parted = TRY(pgbackrest::part(job, request));
    sys::Json backups = sys::Json::array();
    auto report = TRY(together(
        parted, [&] { return list_sets_of(job); },
        [&](const SourceSettings& source) {
            auto told = pgbackrest::list(job, source);
            if (told.ok()) backups.insert(backups.end(), told->json.value->begin(), told->json.value->end());
            return told;
        }));
    if (!parted.sets) report.members.push_back(report::member("sets", std::move(backups))); // for who restores one
    return report;
}

Result<report::Report> status(const Place& place, const Request& request) {
    const Job job = TRY(begin(place, request, Stores::of_sets, Content::closed));
    TRY_VOID(pgbackrest::check_names(job, request));
    const auto parted = TRY(pgbackrest::part(job, request));
    if (request.max_lag.count() > 0 && parted.clusters.empty())
        return usage("--max-lag is about WAL, and no source has engine: pgbackrest; leave it out");
    const auto wanted = wanted_of(job, request);
    Found found;
    std::vector<Measured> measured(parted.sets ? 1 : 0);
    auto report = TRY(together(
        parted,
        [&]() -> Result<report::Report> {
            found = TRY(list_first(job));
            return status_of_sets(place, job, wanted, found, measured.front().standing);
        },
        [&](const SourceSettings& source) {
            auto told = pgbackrest::status(job, source, request, wanted);
            if (told.ok()) measured.push_back({source.name, told->standing});
            return told;
        }));
    report.bodies["openmetrics"] = open_metrics(measured, job.app);
    return report;
}

}
