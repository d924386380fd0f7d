// fetch, push: a set from one store into another, as it lies there.
#include "backup/copy.h"
#include "backup/job.h"
#include "backup/status.h"
#include "backup/verified.h"
#include "base/text.h"
#include "base/words.h"
#include "sys/data/json.h"
#include "sys/files/log.h"
#include "sys/signals.h"
#include <algorithm>
#include <fmt/format.h>
#include <optional>

namespace fairlead::backup {
namespace {

Result<void> check_stores(const Job& job, const std::string& command, const Request& request) {
    if (request.id.empty()) return usage(fmt::format("say which set: fairlead-backup {} ID, or latest", command));
    if (job.stores.size() > 1) return {};
    return usage(fmt::format("{} needs two stores, and only {} is named; name both with --store, the first store first",
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

struct HasIt {
    Store* store = nullptr;
    Set set;
};

// Of the further stores those that have it, and why the others haven't. Of several that answer to the name, as latest
// does, it is the newest, wherever it lies.
struct HaveIt {
    std::vector<HasIt> all;
    std::vector<std::string> why;
    std::optional<Error> only; // of the one store that there is
};

HaveIt who_has(const Job& job, const std::string& id) {
    HaveIt found;
    for (std::size_t at = 1; at < job.stores.size(); ++at) {
        Store& store = *job.stores[at];
        const auto sets = list_for(job, store, id);
        if (!sets.ok()) {
            found.why.push_back(fmt::format("{}: {}", store.shown(), sets.error().message));
            continue;
        }
        if (sets->sets.empty() && sets->foreign.empty()) {
            found.why.push_back(fmt::format("{} has no set; if it should, mount its disk", store.shown()));
            continue;
        }
        const auto chosen = choose(sets.value(), id, job.clock.now());
        if (chosen.ok())
            found.all.push_back({&store, *chosen.value()});
        else {
            if (job.stores.size() == 2) found.only = chosen.error();
            found.why.push_back(fmt::format("{}: {}", store.shown(), chosen.error().message));
        }
    }
    const auto newest = std::max_element(found.all.begin(), found.all.end(), [](const HasIt& one, const HasIt& other) {
        if (one.set.was_made_after(other.set) || other.set.was_made_after(one.set))
            return other.set.was_made_after(one.set);
        return one.set.time < other.set.time;
    });
    if (newest == found.all.end()) return found;
    const std::string wanted = newest->set.id;
    std::erase_if(found.all, [&](const HasIt& one) { return one.set.id != wanted; });
    return found;
}

Result<report::Report> fetch_from(const Job& job, const HasIt& from, const Request& request) {
    const Set& set = from.set;
    const auto manifest = TRY(open_trusted(job, *from.store, set));
    if (request.dry_run)
        return say(job, set,
                   fmt::format("would copy set {} from {} into {}", set.id, from.store->shown(), job.store().shown()));
    const auto held_from = TRY(backup::lock(*from.store, "fetch", request.wait_lock));
    const auto held = TRY(backup::lock(job.store(), "fetch", request.wait_lock));
    const auto copied = TRY(copy_set(job, *from.store, set, manifest, job.store()));
    const auto what = copied == Copied::now        ? "is now in"
                      : copied == Copied::replaced ? "replaces a damaged copy in"
                                                   : "was read to its end, and was already in";
    return say(job, set, fmt::format("set {} ({}) {} {}", set.id, shown_bytes(set.bytes()), what, job.store().shown()));
}

}

Result<report::Report> push(const Place& place, const Request& request) {
    const Job job = TRY(begin(place, request));
    TRY_VOID(check_stores(job, "push", request));
    const auto found = TRY(list_for(job, job.store(), request.id));
    const Set* set = TRY(choose(found, request.id, job.clock.now()));
    const auto manifest = TRY(open_trusted(job, job.store(), *set));
    const auto others = counted(job.stores.size() - 1, "store", "stores");
    if (request.dry_run) return say(job, *set, fmt::format("would copy set {} into {}", set->id, others));
    const auto held = TRY(backup::lock(job.store(), "push", request.wait_lock));
    const auto copies = copy_to_others(job, *set, manifest, "push", request.wait_lock);
    if (!copies.failed.empty())
        return could_not(fmt::format("set {} of {} could not be copied everywhere: {}", set->id, job.store().shown(),
                                     join(copies.failed, "; ")));
    if (!copies.is_read)
        if (const auto whole = check_stored(job.store(), manifest); !whole.ok()) {
            keep_damage(job, manifest, whole.error());
            return no(
                fmt::format("{}; the copies are complete: fairlead-backup fetch {}", whole.error().message, set->id));
        }
    const auto mended = copies.replaced.empty()
                            ? std::string()
                            : fmt::format("; replaced the damaged copy in {}", join(copies.replaced, ", "));
    return say(job, *set,
               fmt::format("set {} ({}) is in {} and {} more, each read{}", set->id, shown_bytes(set->bytes()),
                           job.store().shown(), others, mended));
}

Result<report::Report> fetch(const Place& place, const Request& request) {
    const Job job = TRY(begin(place, request));
    TRY_VOID(check_stores(job, "fetch", request));
    auto have_it = who_has(job, request.id);
    if (have_it.only) return *have_it.only;
    if (request.id == "latest" && !have_it.all.empty()) // one of them may have a newer one
        for (const auto& one : have_it.why) sys::log_warning(one);
    for (const HasIt& from : have_it.all) {
        auto fetched = fetch_from(job, from, request);
        if (fetched.ok() || job.stores.size() == 2 || sys::stop_requested()) return fetched;
        sys::log_warning(
            fmt::format("set {} can't be read from {}: {}", from.set.id, from.store->shown(), fetched.error().message));
        have_it.why.push_back(fmt::format("{}: {}", from.store->shown(), fetched.error().message));
    }
    return could_not(fmt::format("set '{}' can't be fetched: {}", request.id, join(have_it.why, "; ")));
}

}
