// fetch, push: a set from one store into another, as it lies there.
#include "backup/copy.h"
#include "backup/job.h"
#include "backup/status.h"
#include "base/text.h"
#include "sys/data/json.h"
#include <fmt/format.h>

namespace fairlead::backup {
namespace {

Result<void> check_stores(const Job& job, const std::string& command, const Request& request) {
    if (request.id.empty()) return usage(fmt::format("say which set: fairlead-backup {} ID, or latest", command));
    if (job.stores.size() > 1) return {};
    return usage(fmt::format("{} needs two stores, and only {} is named; name them by --store, the first one first",
                             command, job.store().shown()));
}

report::Report say(const Job& job, const Set& set, std::string facts) {
    report::Report report;
    report.facts = std::move(facts);
    report.members = {report::member("id", set.id), report::member("store", job.store().shown()),
                      report::member("bytes", set.bytes())};
    report.outputs = {{"id", set.id}};
    return report;
}

struct FoundElsewhere {
    Store* store = nullptr;
    Found found;
    const Set* set = nullptr;
};

// The first of the further stores that has a whole one.
Result<FoundElsewhere> find_elsewhere(const Job& job, const std::string& id) {
    std::vector<std::string> why;
    for (std::size_t at = 1; at < job.stores.size(); ++at) {
        FoundElsewhere place{job.stores[at].get(), {}, nullptr};
        auto found = list_sets(*place.store, job.owner());
        if (!found.ok()) {
            why.push_back(fmt::format("{}: {}", place.store->shown(), found.error().message));
            continue;
        }
        place.found = std::move(found).value();
        if (place.found.sets.empty() && place.found.foreign.empty()) {
            why.push_back(fmt::format("{} has no set; if it should, mount its disk", place.store->shown()));
            continue;
        }
        const auto chosen = choose(place.found, id);
        if (chosen.ok()) {
            place.set = chosen.value();
            return place;
        }
        if (job.stores.size() == 2) return chosen.error();
        why.push_back(fmt::format("{}: {}", place.store->shown(), chosen.error().message));
    }
    return could_not(fmt::format("set '{}' can't be fetched: {}", id, join(why, "; ")));
}

}

Result<report::Report> push(const Place& place, const Request& request) {
    const Job job = TRY(begin(place, request));
    TRY_VOID(check_stores(job, "push", request));
    const auto found = TRY(list_sets(job.store(), job.owner()));
    const Set* set = TRY(choose(found, request.id));
    const auto manifest = TRY(open_trusted(job, job.store(), *set));
    const auto others = counted(job.stores.size() - 1, "store", "stores");
    if (request.dry_run) return say(job, *set, fmt::format("would copy set {} into {}", set->id, others));
    const auto held = TRY(backup::lock(job.store(), "push", request.wait_lock));
    const auto copies = copy_to_others(job, *set, manifest, "push", request.wait_lock);
    if (!copies.failed.empty())
        return could_not(fmt::format("set {} of {} is not where its copies belong: {}", set->id, job.store().shown(),
                                     join(copies.failed, "; ")));
    if (!copies.is_read)
        if (const auto whole = check_stored(job.store(), manifest); !whole.ok())
            return no(
                fmt::format("{}; the copies are whole: fairlead-backup fetch {}", whole.error().message, set->id));
    const auto mended = copies.replaced.empty()
                            ? std::string()
                            : fmt::format("; replaced what was damaged in {}", join(copies.replaced, ", "));
    return say(job, *set,
               fmt::format("set {} ({}) is in {} and {} more, each read{}", set->id, shown_bytes(set->bytes()),
                           job.store().shown(), others, mended));
}

Result<report::Report> fetch(const Place& place, const Request& request) {
    const Job job = TRY(begin(place, request));
    TRY_VOID(check_stores(job, "fetch", request));
    const auto from = TRY(find_elsewhere(job, request.id));
    const Set& set = *from.set;
    const auto manifest = TRY(open_trusted(job, *from.store, set));
    if (request.dry_run)
        return say(job, set,
                   fmt::format("would copy set {} from {} into {}", set.id, from.store->shown(), job.store().shown()));
    const auto held_from = TRY(backup::lock(*from.store, "fetch", request.wait_lock));
    const auto held = TRY(backup::lock(job.store(), "fetch", request.wait_lock));
    const auto copied = TRY(copy_set(job, *from.store, set, manifest, job.store()));
    const auto what = copied == Copied::now        ? "is now in"
                      : copied == Copied::replaced ? "takes the place of a damaged one in"
                                                   : "was already in, read to its end,";
    return say(job, set, fmt::format("set {} ({}) {} {}", set.id, shown_bytes(set.bytes()), what, job.store().shown()));
}

}
