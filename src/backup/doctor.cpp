// doctor: what a run would need, asked before the night it is needed. It leaves nothing.
#include "backup/job.h"
#include "backup/pgbackrest/commands.h"
#include "backup/scratch.h"
#include "backup/status.h"
#include "base/text.h"
#include "base/words.h"
#include "sys/data/json.h"
#include "sys/digest.h"
#include "sys/files/log.h"
#include <fmt/format.h>

namespace fairlead::backup {
namespace {

struct Finding {
    std::string what, failure, facts; // an empty failure: it is fine
};

Finding judged(std::string what, const Result<std::string>& facts) {
    if (facts.ok()) return {std::move(what), "", facts.value()};
    return {std::move(what), facts.error().message, ""};
}

Result<std::string> look_at_source(const SourceSettings& source, const World& world) {
    const Engine* engine = TRY(engine_of(source, world));
    const auto dumps = TRY(engine->dumps(source, world));
    const auto& dump = *dumps.front();
    if (const auto left = engine->left_behind(source, world); left.ok())
        for (const auto& one : left.value())
            sys::log_warning(
                fmt::format("a killed restore left {} on {}; the next restore there removes it, or drop it yourself",
                            one, dump.shown));
    if (dump.part.server_version.empty()) return dump.shown; // of paths
    return fmt::format("{}, server {}, client {}", dump.shown, dump.part.server_version, dump.part.client_version);
}

// A sink that goes without close() leaves nothing, and shows that one may write. S3 sends nothing of so few bytes.
Result<void> try_to_write(Store& store, const Job& job) {
    const auto sink = TRY(store.create(fmt::format("{}.doctor.{}", job.app, sys::random_hex(8)), std::nullopt));
    return sink->write("doctor\n");
}

// Of the newest set, wherever it lies; 0: there is none.
std::uint64_t bytes_of_newest(const std::vector<Result<Found>>& listed) {
    const Set* newest = nullptr;
    for (const auto& found : listed)
        if (found.ok() && !found->sets.empty() && (newest == nullptr || found->sets.front().time > newest->time))
            newest = &found->sets.front();
    return newest == nullptr ? 0 : newest->bytes();
}

Result<std::string> look_at_store(Store& store, const Result<Found>& listed, const Job& job, std::uint64_t expected) {
    constexpr auto skew = std::chrono::minutes(5);
    const bool there = TRY(store.is_there());
    if (!there) TRY_VOID(store.may_write());
    TRY_VOID(store.check_there()); // a disk that is not mounted looks like a store that nobody made yet
    if (!listed.ok()) return listed.error();
    const Found& found = listed.value();
    const auto free = TRY(store.free_bytes());
    const Set* newest = found.sets.empty() ? nullptr : &found.sets.front();
    if (newest != nullptr && newest->time > job.clock.now() + skew)
        return no(fmt::format(
            "its newest set, {}, is dated in the future: the clock here is behind, or was ahead; run: timedatectl",
            newest->id));
    if (free && *free < room_for(expected))
        return no(fmt::format(
            "{} are free, and the newest set has {}, so the next set needs about {}; make room, or run prune",
            shown_bytes(*free), shown_bytes(expected), shown_bytes(room_for(expected))));
    for (const Set& left : found.unfinished)
        if (!left.begun)
            sys::log_warning(fmt::format("{} has files of set {} but no manifest, so they don't count as a set; if "
                                         "another store has the whole set, run: fairlead-backup fetch {}, or push",
                                         store.shown(), left.id, left.id));
    TRY_VOID(try_to_write(store, job));
    return fmt::format("{}{}", counted(found.sets.size(), "set", "sets"),
                       free ? fmt::format(", {} free", shown_bytes(*free)) : std::string());
}

Result<std::string> look_at_keys(const Keys& keys) {
    if (!keys.encrypts()) return std::string("sets are not encrypted");
    switch (keys.opens()) {
    case Opens::own: return std::string("sets can be opened here");
    case Opens::nothing: return std::string("there is no secret key here: verify and restore need the key");
    case Opens::others: break;
    }
    return no("the secret key here doesn't belong to a recipient of backup.encrypt.to, so it can't open new sets; "
              "correct the key or the recipients");
}

}

Result<report::Report> doctor(const Place& place, const Request& request) {
    const Job job = TRY(begin(place, request, Stores::of_sets));
    TRY_VOID(check_encrypts(place, job));
    TRY_VOID(job.signing.check_signs());
    const auto sources = TRY(job.sources(request.sources));
    tell_of_scratch();
    std::vector<Finding> findings;
    for (const auto& source : sources)
        findings.push_back(judged("source " + source.name, source.is_cluster() ? pgbackrest::doctor(job, source)
                                                                               : look_at_source(source, job.world)));
    std::vector<Result<Found>> listed;
    for (const auto& store : job.stores) listed.push_back(list_sets(*store, job.owner()));
    const auto expected = bytes_of_newest(listed);
    for (std::size_t i = 0; i < listed.size(); ++i) {
        auto& store = *job.stores[i];
        findings.push_back(judged("store " + store.shown(), look_at_store(store, listed[i], job, expected)));
    }
    findings.push_back(judged("keys", look_at_keys(job.keys)));

    report::Report report;
    report.says = report::Says::answer;
    sys::Json checks = sys::Json::array();
    std::size_t wrong = 0;
    for (const Finding& one : findings) {
        const bool fine = one.failure.empty();
        report.text += fmt::format("{}  {}: {}\n", fine ? "ok   " : "wrong", one.what, fine ? one.facts : one.failure);
        checks.push_back({{"what", one.what}, {"fine", fine}, {"message", fine ? one.facts : one.failure}});
        if (!fine) ++wrong;
    }
    report.members = {report::member("checks", std::move(checks))};
    report.facts = wrong == 0 ? "a run has everything it needs" : fmt::format("{} of {} wrong", wrong, findings.size());
    if (wrong == 0) return report;
    report.verdict = report::Verdict::fail;
    report.stays_no = report.facts;
    return report;
}

}
