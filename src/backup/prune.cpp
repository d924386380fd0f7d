// Takes away what no rule keeps; each set's reason is told.
#include "backup/job.h"
#include "backup/pgbackrest/commands.h"
#include "backup/sets/retention.h"
#include "backup/status.h"
#include "backup/verified.h"
#include "base/text.h"
#include "base/words.h"
#include "sys/data/json.h"
#include "sys/fault.h"
#include "sys/files/log.h"
#include <algorithm>
#include <fmt/format.h>
#include <map>

namespace fairlead::backup {
namespace {

constexpr auto longest_restore = std::chrono::hours(24); // then its mark is a killed one's

struct Candidates {
    std::vector<Candidate> all;
    std::vector<std::string> damaged; // they neither count nor go
};

// What is known of a set's copy elsewhere: verifications are recorded in the first store, and a mark counts in each.
struct Known {
    bool is_verified = false, stays = false;
};
using Elsewhere = std::map<std::string, Known>; // id -> what one of the stores knows

// Only whole sets of this app; where keys are trusted, that one of them signed: others would crowd out those.
Candidates candidates(const Job& job, Store& store, const Found& found, const Elsewhere& elsewhere) {
    Candidates chosen;
    for (const Set& set : found.sets) {
        const auto manifest = open_trusted(job, store, set);
        if (!manifest.ok()) {
            chosen.damaged.push_back(
                fmt::format("no rule counts set '{}', so it stays: {}", set.id, manifest.error().message));
            continue;
        }
        if (const auto failed = set.failed()) {
            chosen.damaged.push_back(fmt::format("set '{}' failed its verification (level {}); no rule counts it, so "
                                                 "it stays: look at it, then verify it again or remove its files",
                                                 set.id, failed->level));
            continue;
        }
        const auto copy = elsewhere.find(set.id);
        const Known known = copy == elsewhere.end() ? Known{} : copy->second;
        const bool is_verified = set.verified(static_cast<int>(job.settings.verify.level)).has_value();
        chosen.all.push_back({set.id, SystemTime(set.time), is_verified || known.is_verified, set.keep || known.stays,
                              job.clock.now() - set.restoring < longest_restore ? "a restore" : "",
                              set.id == found.sets.front().id, sources_of(manifest.value())});
    }
    return chosen;
}

// Asked again at the last moment: a restore takes no lock, and leaves a mark before it reads. One that comes later
// finds no manifest, or none of the files, before it has touched its target.
bool is_wanted(const Set& before, const Set& now) {
    return std::any_of(now.beside.begin(), now.beside.end(), [&](const Object& one) {
        const bool is_known = std::any_of(before.beside.begin(), before.beside.end(),
                                          [&](const Object& known) { return known.name == one.name; });
        return !is_known && (one.name == keep_name(now.id) || one.name.starts_with(restoring_name(now.id, "")));
    });
}

const Set* find_set(const Found& found, const std::string& id) {
    const auto at = std::find_if(found.sets.begin(), found.sets.end(), [&](const Set& one) { return one.id == id; });
    return at == found.sets.end() ? nullptr : &*at;
}

// Sets go because others stay: whoever took one of those away meanwhile has changed the answer.
Result<void> check_kept(const std::vector<Fate>& fates, const Found& now) {
    for (const Fate& fate : fates)
        if (fate.stays && find_set(now, fate.id) == nullptr)
            return could_not(fmt::format("set '{}' was to be kept, but somebody has deleted it meanwhile; nothing more "
                                         "is deleted; run the command again",
                                         fate.id));
    return {};
}

// The manifest first: from then on there is no such set, whenever we are killed; the files are those that it names.
// The lock is asked for again before each step: another disk may be mounted there since, with sets of the same names.
Result<void> remove(const Job& job, Store& store, const Set& set, Lease& held) {
    const auto manifest = TRY(open_trusted(job, store, set));
    TRY_VOID(tidy(store, set, manifest));
    TRY_VOID(store.write(begun_name(set.id), "prune\n"));
    sys::fault_point("prune-begun");
    TRY_VOID(held.check());
    TRY_VOID(store.remove(set.manifest));
    sys::fault_point("prune-manifest");
    TRY_VOID(held.check());
    for (const Part& part : manifest.parts) TRY_VOID(store.remove(part.file));
    sys::fault_point("prune-files");
    TRY_VOID(held.check());
    for (const Object& object : set.beside) TRY_VOID(store.remove(object.name));
    return store.remove(begun_name(set.id));
}

// What became of one store.
struct Outcome {
    std::string text, facts;
    sys::Json sets = sys::Json::array();
    std::size_t deleted = 0;
    std::string refused; // it was left as it is, and why
};

Outcome outcome_of(const std::vector<Fate>& fates, const Found& found, const Store& store, bool dry_run) {
    Outcome outcome;
    std::uint64_t bytes = 0;
    for (const Fate& fate : fates) {
        outcome.text += fmt::format("{} {}: {}\n", fate.stays ? "keep  " : "delete", fate.id, fate.reason);
        outcome.sets.push_back({{"id", fate.id}, {"keep", fate.stays}, {"reason", fate.reason}});
        if (fate.stays) continue;
        ++outcome.deleted;
        bytes += find_set(found, fate.id)->bytes();
    }
    outcome.facts = fmt::format("{} {} ({}), {} kept in {}", counted(outcome.deleted, "set", "sets"),
                                dry_run ? "would be deleted" : "deleted", shown_bytes(bytes),
                                fates.size() - outcome.deleted, store.shown());
    return outcome;
}

// Each store by what lies there: one that was away for a month lost nothing by that.
Result<Outcome> prune_one(const Job& job, Store& store, const Elsewhere& elsewhere, const Request& request) {
    TRY_VOID(store.check_there()); // a lock would make it
    std::unique_ptr<Lease> held;
    if (!request.dry_run) {
        auto taken = TRY(lock(store, "prune", request.wait_lock));
        held = std::move(taken);
    }
    auto found = TRY(list_judged(job, store));
    order_by_chain(job, store, found);
    const auto chosen = candidates(job, store, found, elsewhere);
    for (const auto& message : chosen.damaged) sys::log_warning(message);
    const auto now = job.clock.now();
    auto fates = decide(chosen.all, job.settings.keep, now);
    auto outcome = outcome_of(fates, found, store, request.dry_run);
    if (const auto fine = check_fates(fates, now, request.allow_many ? Many::allowed : Many::refused); !fine.ok()) {
        outcome.refused = fine.error().message;
        return outcome;
    }
    if (request.dry_run) return outcome;
    for (auto fate = fates.rbegin(); fate != fates.rend(); ++fate) { // the oldest first
        if (fate->stays) continue;
        sys::fault_point("prune-next");
        TRY_VOID(held->check());
        const auto there = TRY(list_sets(store, job.owner()));
        TRY_VOID(check_kept(fates, there));
        const Set* const set = find_set(there, fate->id);
        if (set == nullptr) {
            sys::log_warning(fmt::format("set '{}' is gone: somebody else has deleted it", fate->id));
            fate->id.clear();
        } else if (is_wanted(*find_set(found, fate->id), *set)) {
            fate->stays = true;
            fate->reason = "somebody has begun to restore it, or has marked it, meanwhile";
        } else {
            TRY_VOID(remove(job, store, *set, *held));
        }
    }
    std::erase_if(fates, [](const Fate& fate) { return fate.id.empty(); });
    return outcome_of(fates, found, store, request.dry_run);
}

// A store that can't be listed says so itself when its turn comes.
Elsewhere known_of(const Job& job) {
    Elsewhere all;
    if (job.stores.size() < 2) return all;
    for (const auto& store : job.stores) {
        const auto found = list_judged(job, *store);
        if (!found.ok()) continue;
        for (const Set& set : found->sets) {
            Known& one = all[set.id];
            one.is_verified |= set.verified(static_cast<int>(job.settings.verify.level)).has_value();
            one.stays |= set.keep;
        }
    }
    return all;
}

Result<report::Report> prune_sets(const Job& job, const Request& request) {
    TRY_VOID(check_some(job));
    const auto elsewhere = known_of(job);
    report::Report report;
    sys::Json stores = sys::Json::array();
    std::vector<std::string> facts, refused, failed;
    std::size_t deleted = 0;
    for (const auto& store : job.stores) {
        auto pruned = prune_one(job, *store, elsewhere, request);
        if (!pruned.ok()) {
            if (job.stores.size() == 1) return pruned.error();
            failed.push_back(fmt::format("{}: {}", store->shown(), pruned.error().message));
            continue;
        }
        auto& outcome = pruned.value();
        if (job.stores.size() > 1) report.text += store->shown() + ":\n";
        report.text += outcome.text;
        facts.push_back(outcome.refused.empty() ? outcome.facts : outcome.refused);
        if (!outcome.refused.empty()) refused.push_back(outcome.refused);
        if (outcome.refused.empty() && !request.dry_run) deleted += outcome.deleted;
        stores.push_back({{"store", store->shown()}, {"sets", std::move(outcome.sets)}});
    }
    if (!failed.empty())
        return could_not(fmt::format("not pruned: {}{}{}", join(failed, "; "),
                                     facts.empty() ? "" : "; pruned: ", join(facts, "; ")));
    report.facts = join(facts, "; ");
    report.members = {report::member("store", job.store().shown()), report::member("sets", stores[0]["sets"]),
                      report::member("stores", stores), report::member("deleted", deleted)};
    if (refused.empty()) return report;
    report.verdict = report::Verdict::fail;
    report.stays_no = report.facts = join(refused, "; ");
    return report;
}

}

Result<report::Report> prune(const Place& place, const Request& request) {
    const Job job = TRY(begin(place, request, Stores::of_sets, Content::closed));
    TRY_VOID(pgbackrest::check_names(job, request));
    const auto parted = TRY(pgbackrest::part(job, request));
    return together(
        parted, [&] { return prune_sets(job, request); },
        [&](const SourceSettings& source) { return pgbackrest::prune(job, source, request); });
}

}
