// What restore_command calls for each file of WAL that recovery asks for.
#include "backup/pitr/archive.h"
#include "backup/pitr/commands.h"
#include "backup/pitr/wal.h"
#include "base/text.h"
#include "sys/files/files.h"
#include "sys/stream/digest.h"
#include "sys/stream/files.h"
#include <fmt/format.h>

namespace fairlead::backup {
namespace {

using namespace pitr;

Result<void> fetch(Store& store, const Job& job, const Archived& one, const sys::Path& target) {
    TRY_VOID(may_change_target(target.string()));
    auto opened = TRY(open_archived(store, job, one));
    const auto source = sys::digesting(std::move(opened));
    const auto file = TRY(sys::file_sink(target));
    TRY(sys::pour(*source, *file));
    if (source->figures().sha256 != one.sha256)
        return could_not(fmt::format("'{}' is damaged: its content is not what was archived", one.object.name));
    return file->close();
}

}

Result<report::Report> wal_fetch(const Place& place, const Request& request) {
    if (request.files.size() != 2)
        return usage("wal-fetch needs a name and a target; write restore_command = 'fairlead-backup wal-fetch %f %p'");
    const std::string name = request.files[0];
    const sys::Path target = request.files[1];
    if (!is_archived_name(name)) return usage(fmt::format("'{}' is no file that PostgreSQL archives", name));
    const Job job = TRY(begin(place, request));
    std::vector<std::string> failed;
    for (const auto& store : job.stores) {
        // A store that is not there is an error: recovery takes a no for the end of the log, and serves without what
        // comes behind.
        const auto found = archived(*store, job, name + "-");
        if (!found.ok()) {
            failed.push_back(fmt::format("{}: {}", store->shown(), found.error().message));
            continue;
        }
        if (found->empty()) continue;
        if (found->size() > 1)
            return could_not(fmt::format("{} has {} different files called {}", store->shown(), found->size(), name));
        const auto done = fetch(*store, job, found->front(), target);
        if (done.ok()) {
            report::Report report;
            report.facts = fmt::format("{} is there", name);
            return report;
        }
        failed.push_back(fmt::format("{}: {}", store->shown(), done.error().message));
    }
    if (failed.empty()) return no(fmt::format("no store has {}", name));
    return could_not(fmt::format("{} can't be had: {}", name, join(failed, "; ")));
}

}
