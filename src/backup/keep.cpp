// keep, release: a mark beside a set, which prune goes by.
#include "backup/job.h"
#include "base/text.h"
#include "sys/data/json.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::backup {
namespace {

enum class KeepMark { set, taken_back };

Result<void> mark_in(const Job& job, Store& store, const std::string& id, KeepMark mark, const Request& request) {
    TRY_VOID(store.check_there()); // a lock would make it
    std::unique_ptr<Lease> held;
    if (!request.dry_run) {
        auto taken = TRY(lock(store, mark == KeepMark::set ? "keep" : "release", request.wait_lock));
        held = std::move(taken);
    }
    const auto found = TRY(list_sets(store, job.owner()));
    const auto set = std::find_if(found.sets.begin(), found.sets.end(), [&](const Set& one) { return one.id == id; });
    if (set == found.sets.end()) return {};
    if (mark == KeepMark::set) TRY_VOID(read_trusted(job, store, *set));
    if (request.dry_run) return {};
    if (mark == KeepMark::taken_back) return store.remove(keep_name(id));
    return set->keep ? Result<void>() : store.write(keep_name(id), "\n");
}

// In each store that has the set, as prune goes by each.
Result<report::Report> mark(const Place& place, const Request& request, KeepMark mark) {
    const std::string command = mark == KeepMark::set ? "keep" : "release";
    if (request.id.empty()) return usage(fmt::format("say which set: fairlead-backup {} ID, or latest", command));
    const Job job = TRY(begin(place, request, Stores::needed, Content::closed));
    TRY_VOID(check_some(job));
    const auto found = TRY(list_for(job, job.store(), request.id));
    const Set* set = TRY(choose(found, request.id, job.clock.now()));
    if (mark == KeepMark::set) TRY_VOID(read_trusted(job, job.store(), *set));
    const std::string id = set->id;
    std::vector<std::string> failed;
    for (const auto& store : job.stores)
        if (const auto marked = mark_in(job, *store, id, mark, request); !marked.ok()) {
            if (job.stores.size() == 1) return marked.error();
            failed.push_back(fmt::format("{}: {}", store->shown(), marked.error().message));
        }
    if (!failed.empty())
        return could_not(
            fmt::format("set {} is not marked everywhere: {}; run the command again", id, join(failed, "; ")));
    report::Report report;
    if (mark == KeepMark::set)
        report.facts = fmt::format("set {} {}, whatever the rules say", id, request.dry_run ? "would stay" : "stays");
    else
        report.facts =
            fmt::format("set {} {} the rules of keep again", id, request.dry_run ? "would follow" : "follows");
    report.members = {report::member("id", id), report::member("store", job.store().shown())};
    return report;
}

}

Result<report::Report> keep(const Place& place, const Request& request) { return mark(place, request, KeepMark::set); }

Result<report::Report> release(const Place& place, const Request& request) {
    return mark(place, request, KeepMark::taken_back);
}

}
