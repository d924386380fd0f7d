// From a set to a target: all is checked before the first byte, what comes stands beside what is there, and takes its
// place when its rows are those of the manifest.
#include "backup/job.h"
#include "backup/status.h"
#include "base/text.h"
#include "sys/data/json.h"
#include "sys/fault.h"
#include "sys/files/log.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::backup {
namespace {

bool is_asked(const Part& part, const Request& request) {
    if (part.format == "globals") return false; // roles stay the server's own matter
    const auto& names = request.sources;
    return names.empty() || std::find(names.begin(), names.end(), part.name) != names.end();
}

Result<std::vector<const Part*>> parts_of(const Manifest& manifest, const Request& request) {
    std::vector<const Part*> parts;
    std::vector<std::string> names;
    for (const Part& part : manifest.parts) {
        if (part.format != "globals") names.push_back(part.name);
        if (is_asked(part, request)) parts.push_back(&part);
    }
    for (const auto& name : request.sources)
        if (std::find(names.begin(), names.end(), name) == names.end())
            return usage(fmt::format("set {} has no source '{}'; expected {}", manifest.id, name, one_of(names)));
    if (parts.size() > 1 && request.to != "original")
        return usage(
            fmt::format("set {} has {} sources, and they can't all go to one place; say --source and one of {}",
                        manifest.id, parts.size(), one_of(names)));
    return parts;
}

// Both checksums, before anything is touched.
Result<void> check_bytes(const Job& job, const Part& part) {
    const Engine* engine = TRY(engine_named(part.engine));
    auto plain = TRY(open_part(job, part));
    return engine->look_at(part, *plain, job.world);
}

// So that nobody prunes it meanwhile. A store that can only be read, of a backup's disk, holds as well.
Result<std::unique_ptr<Lease>> hold(Store& store, const Request& request) {
    if (const auto may = store.may_write(); !may.ok()) {
        sys::log_warning(fmt::format("restored without a lock: {}", may.error().message));
        return std::unique_ptr<Lease>();
    }
    return lock(store, "restore", request.wait_lock);
}

Result<std::string> restore_part(const Job& job, const Part& part, Restore& restore) {
    auto plain = TRY(open_part(job, part));
    sys::fault_point("restore");
    TRY_VOID(restore.take(*plain));
    sys::fault_point("restored");
    const auto counted = TRY(restore.count());
    const auto differ = differences(part.tables, counted);
    if (!differ.empty())
        return no(fmt::format("what was restored is not what was dumped, and did not take its place: {}",
                              join(differ, "; ")));
    sys::fault_point("counted");
    auto became = TRY(restore.put_in_place());
    sys::fault_point("in-place");
    return became;
}

}

Result<report::Report> restore(const Place& place, const Request& request) {
    if (request.to.empty())
        return usage(
            "restore needs a target; say --to and a database's name, a path, env:VARIABLE with its URL, or original");
    const Job job = TRY(begin(place, request));
    const auto found = TRY(list_sets(job.store(), job.owner()));
    if (request.id.empty()) return usage("restore needs a set; name its id, or latest");
    const Set* set = TRY(choose(found, request.id));
    const auto manifest = TRY(open_manifest(job.store(), *set));
    const auto parts = TRY(parts_of(manifest, request));
    const auto begin = job.clock.steady();
    std::vector<std::unique_ptr<Restore>> restores;
    for (const Part* part : parts) {
        const Engine* engine = TRY(engine_named(part->engine));
        auto made = TRY(engine->restore(*part, job.source_of(*part),
                                        {.to = request.to,
                                         .overwrite = request.overwrite ? Overwrite::yes : Overwrite::no,
                                         .owners = !request.no_owner,
                                         .now = job.clock.now()},
                                        job.world));
        restores.push_back(std::move(made));
    }
    report::Report report;
    for (std::size_t at = 0; at < parts.size(); ++at)
        report.text += fmt::format("{} {} of set {} {} {}\n", request.dry_run ? "would restore" : "restores",
                                   parts[at]->name, manifest.id, "into", restores[at]->shown);
    report.members = {report::member("id", manifest.id)};
    if (request.dry_run) {
        report.facts = fmt::format("would restore set {}", manifest.id);
        return report;
    }
    for (const auto& one : restores)
        if (!one->act.empty()) TRY_VOID(request.confirm(one->act));
    const auto held = TRY(hold(job.store(), request));
    for (const Part* part : parts) TRY_VOID(check_bytes(job, *part));
    for (std::size_t at = 0; at < parts.size(); ++at) {
        const auto became = TRY(restore_part(job, *parts[at], *restores[at]));
        if (!became.empty()) report.text += became + "\n";
    }
    const auto took = std::chrono::duration_cast<Milliseconds>(job.clock.steady() - begin);
    report.facts = fmt::format("set {} restored in {}", manifest.id, shown_age(took));
    return report;
}

}
