// pitr-prune: bases that neither the window nor a rule keeps, and then the WAL that no base needs any more.
#include "backup/pitr/commands.h"
#include "backup/pitr/keep.h"
#include "backup/pitr/way.h"
#include "backup/status.h"
#include "base/text.h"
#include "sys/data/json.h"
#include "sys/fault.h"
#include "sys/files/log.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::backup {
namespace {

using namespace pitr;

struct PrunePlan {
    std::vector<Fate> fates; // of bases
    std::vector<const Base*> going;
    std::vector<Archived> wal; // that goes, the oldest first
};

std::vector<Fate> fates_of(const Bases& bases, const Division& division, const Keep& keep, SystemTime now) {
    std::vector<Candidate> candidates;
    const std::string window = "the window of " + format_duration(keep.pitr);
    for (const Base& base : bases.whole) {
        const bool needed = std::find(division.window.begin(), division.window.end(), &base) != division.window.end();
        candidates.push_back({base.id, base.stopped, true, false, needed ? window : std::string()});
    }
    auto fates = decide(std::move(candidates), keep, now);
    if (!keep.is_empty()) return fates;
    for (Fate& fate : fates) { // without another rule the window is all that keeps
        const auto is_it = [&](const Base* base) { return base->id == fate.id; };
        fate.stays = std::any_of(division.window.begin(), division.window.end(), is_it);
        fate.reason = fate.stays ? window : "older than what " + window + " needs";
    }
    return fates;
}

PrunePlan plan_of(const Bases& bases, const Wal& wal, const Keep& keep, SystemTime now) {
    PrunePlan plan;
    if (keep.pitr.count() == 0) { // nobody said what may go
        for (const Base& base : bases.whole)
            plan.fates.push_back({base.id, base.stopped, true, "keep.pitr is not set"});
        return plan;
    }
    const auto division = divide(bases, keep, now);
    plan.fates = fates_of(bases, division, keep, now);
    std::vector<const Base*> older;
    for (const Base& base : bases.whole) {
        const auto fate =
            std::find_if(plan.fates.begin(), plan.fates.end(), [&](const Fate& one) { return one.id == base.id; });
        const bool is_older = std::find(division.older.begin(), division.older.end(), &base) != division.older.end();
        if (!fate->stays)
            plan.going.push_back(&base);
        else if (is_older)
            older.push_back(&base);
    }
    // One that can't be read may need any of it.
    if (!bases.damaged.empty()) return plan;
    for (const auto& [name, file] : wal.files)
        if (!is_needed(name, division, older)) plan.wal.push_back(file);
    return plan;
}

// The manifest first: from then on there is no such base, whenever we are killed; its WAL after it.
Result<void> carry_out(Store& store, const Job& job, const PrunePlan& plan, Lease& held) {
    for (auto base = plan.going.rbegin(); base != plan.going.rend(); ++base) {
        TRY_VOID(held.check());
        TRY_VOID(store.remove(base_file(job, (*base)->id, base_manifest)));
        sys::fault_point("pitr-prune-base");
        TRY_VOID(store.remove((*base)->part().file));
        TRY_VOID(store.remove(signature_name(base_file(job, (*base)->id, base_manifest))));
    }
    for (const Archived& one : plan.wal) {
        TRY_VOID(held.check());
        TRY_VOID(store.remove(one.object.name));
        sys::fault_point("pitr-prune-wal");
    }
    return {};
}

void tell(const PrunePlan& plan, const Bases& bases, const Wal& wal, const Store& store, report::Report& report) {
    report.text += fmt::format("store: {}\n", store.shown());
    for (const Fate& fate : plan.fates)
        report.text += fmt::format("{} base {}: {}\n", fate.stays ? "keep  " : "delete", fate.id, fate.reason);
    for (const auto& message : bases.damaged) report.text += fmt::format("keep   all WAL: {}\n", message);
    if (!plan.wal.empty())
        report.text += fmt::format("delete WAL {} to {}, {}: no base that stays needs it\n", plan.wal.front().name,
                                   plan.wal.back().name, counted(plan.wal.size(), "file", "files"));
    report.text += fmt::format("keep   {} of WAL\n", counted(wal.files.size() - plan.wal.size(), "file", "files"));
}

}

Result<report::Report> pitr_prune(const Place& place, const Request& request) {
    const Job job = TRY(begin(place, request));
    report::Report report;
    std::size_t went = 0, files = 0;
    for (const auto& store : job.stores) {
        TRY_VOID(store->check_there()); // a lock would make it
        std::unique_ptr<Lease> held;
        if (!request.dry_run) {
            auto taken = TRY(lock(*store, "pitr-prune", request.wait_lock));
            held = std::move(taken);
        }
        const auto bases = TRY(list_bases(*store, job));
        const auto wal = TRY(list_wal(*store, job));
        const auto now = job.clock.now();
        const auto plan = plan_of(bases, wal, job.settings.keep, now);
        tell(plan, bases, wal, *store, report);
        const auto many = request.allow_many ? Many::allowed : Many::refused;
        if (const auto fine = check_fates(plan.fates, now, many); !fine.ok()) {
            report.verdict = report::Verdict::fail;
            report.stays_no = report.facts = fine.error().message;
            return report;
        }
        went += plan.going.size();
        files += plan.wal.size();
        if (!request.dry_run) TRY_VOID(carry_out(*store, job, plan, *held));
    }
    report.facts = fmt::format("{} and {} of WAL {}", counted(went, "base", "bases"), counted(files, "file", "files"),
                               request.dry_run ? "would go" : "deleted");
    report.members = {report::member("bases", went), report::member("files", files)};
    return report;
}

}
