// keep, release: a mark beside a set, which prune goes by.
#include "backup/job.h"
#include "sys/data/json.h"
#include <fmt/format.h>

namespace fairlead::backup {
namespace {

enum class Mark { set, taken_back };

// The further stores hold copies that are pruned by nobody; the mark goes to the first.
Result<report::Report> mark(const Place& place, const Request& request, Mark mark) {
    const std::string command = mark == Mark::set ? "keep" : "release";
    if (request.id.empty()) return usage(fmt::format("say which set: fairlead-backup {} ID, or latest", command));
    const Job job = TRY(begin(place, request));
    TRY_VOID(check_some(job));
    std::unique_ptr<Lease> held;
    if (!request.dry_run) {
        auto taken = TRY(lock(job.store(), command, request.wait_lock));
        held = std::move(taken);
    }
    const auto found = TRY(list_sets(job.store(), job.owner()));
    const Set* set = TRY(choose(found, request.id));
    const std::string name = keep_name(set->id);
    if (!request.dry_run && mark == Mark::set && !set->keep) TRY_VOID(job.store().write(name, "\n"));
    if (!request.dry_run && mark == Mark::taken_back) TRY_VOID(job.store().remove(name));
    report::Report report;
    if (mark == Mark::set)
        report.facts =
            fmt::format("set {} {}, whatever the rules say", set->id, request.dry_run ? "would stay" : "stays");
    else
        report.facts = fmt::format("set {} {} by the rules", set->id, request.dry_run ? "would go" : "goes");
    report.members = {report::member("id", set->id), report::member("store", job.store().shown())};
    return report;
}

}

Result<report::Report> keep(const Place& place, const Request& request) { return mark(place, request, Mark::set); }

Result<report::Report> release(const Place& place, const Request& request) {
    return mark(place, request, Mark::taken_back);
}

}
