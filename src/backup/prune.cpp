// Takes away what no rule keeps; each set's reason is told.
#include "backup/job.h"
#include "backup/retention.h"
#include "backup/status.h"
#include "base/text.h"
#include "sys/data/json.h"
#include "sys/fault.h"
#include "sys/files/log.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::backup {
namespace {

constexpr auto longest_restore = std::chrono::hours(24); // then its mark is a killed one's

struct Candidates {
    std::vector<Candidate> all;
    std::vector<std::string> damaged; // they neither count nor go
};

// Only whole sets of this app.
Candidates candidates(const Job& job, const Found& found) {
    Candidates chosen;
    for (const Set& set : found.sets) {
        const auto manifest = open_manifest(job.store(), set);
        if (!manifest.ok()) {
            chosen.damaged.push_back(manifest.error().message);
            continue;
        }
        if (manifest->app != job.app) continue;
        if (const auto failed = set.failed()) {
            chosen.damaged.push_back(
                fmt::format("set '{}' failed its verification (level {}); it counts for no rule and stays: look at it, "
                            "then verify it again or remove its files",
                            set.id, failed->level));
            continue;
        }
        chosen.all.push_back({set.id, SystemTime(set.time),
                              set.verified(static_cast<int>(job.settings.verify.level)).has_value(), set.keep,
                              job.clock.now() - set.restoring < longest_restore ? "a restore" : "",
                              sources_of(manifest.value())});
    }
    return chosen;
}

// The manifest first: from then on there is no such set, whenever we are killed; the files are those that it names.
Result<void> remove(const Job& job, const Set& set) {
    const auto manifest = TRY(open_manifest(job.store(), set));
    TRY_VOID(tidy(job.store(), set, manifest));
    TRY_VOID(job.store().write(begun_name(set.id), "prune\n"));
    sys::fault_point("prune-begun");
    TRY_VOID(job.store().remove(set.manifest));
    sys::fault_point("prune-manifest");
    for (const Part& part : manifest.parts) TRY_VOID(job.store().remove(part.file));
    sys::fault_point("prune-files");
    for (const Object& object : set.beside) TRY_VOID(job.store().remove(object.name));
    return job.store().remove(begun_name(set.id));
}

const Set& set_of(const Found& found, const std::string& id) {
    return *std::find_if(found.sets.begin(), found.sets.end(), [&](const Set& one) { return one.id == id; });
}

report::Report say(const std::vector<Fate>& fates, const Found& found, const Job& job, bool dry_run) {
    report::Report report;
    sys::Json list = sys::Json::array();
    std::uint64_t bytes = 0;
    std::size_t going = 0;
    for (const Fate& fate : fates) {
        report.text += fmt::format("{} {}: {}\n", fate.stays ? "keep  " : "delete", fate.id, fate.reason);
        list.push_back({{"id", fate.id}, {"keep", fate.stays}, {"reason", fate.reason}});
        if (fate.stays) continue;
        ++going;
        bytes += set_of(found, fate.id).bytes();
    }
    report.facts =
        fmt::format("{} {} ({}), {} kept in {}", counted(going, "set", "sets"), dry_run ? "would go" : "deleted",
                    shown_bytes(bytes), fates.size() - going, job.store().shown());
    report.members = {report::member("store", job.store().shown()), report::member("sets", std::move(list)),
                      report::member("deleted", dry_run ? 0 : going)};
    return report;
}

}

Result<report::Report> prune(const Place& place, const Request& request) {
    const Job job = TRY(begin(place, request));
    TRY_VOID(check_some(job));
    std::unique_ptr<Lease> held;
    if (!request.dry_run) {
        auto taken = TRY(lock(job.store(), "prune", request.wait_lock));
        held = std::move(taken);
    }
    const auto found = TRY(list_sets(job.store(), job.owner()));
    const auto chosen = candidates(job, found);
    for (const auto& message : chosen.damaged) sys::log_warning(message);
    const auto now = job.clock.now();
    const auto fates = decide(chosen.all, job.settings.keep, now);
    auto report = say(fates, found, job, request.dry_run);
    if (const auto fine = check_fates(fates, now, request.allow_many ? Many::allowed : Many::refused); !fine.ok()) {
        report.verdict = report::Verdict::fail;
        report.stays_no = report.facts = fine.error().message;
        return report;
    }
    if (request.dry_run) return report;
    for (auto fate = fates.rbegin(); fate != fates.rend(); ++fate) { // the oldest first
        if (fate->stays) continue;
        TRY_VOID(held->check());
        TRY_VOID(remove(job, set_of(found, fate->id)));
    }
    return report;
}

}
