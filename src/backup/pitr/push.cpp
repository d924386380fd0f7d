// What archive_command calls for each file of WAL.
#include "backup/pitr/archive.h"
#include "backup/pitr/commands.h"
#include "backup/pitr/wal.h"
#include "base/text.h"
#include "sys/fault.h"
#include "sys/stream/digest.h"
#include "sys/stream/files.h"
#include <fmt/format.h>

namespace fairlead::backup {
namespace {

using namespace pitr;

class Nowhere : public sys::Sink {
  public:
    Result<void> write(std::string_view) override { return {}; }
    Result<void> close() override { return {}; }
};

Result<sys::Figures> figures_of(const sys::Path& path) {
    const auto source = TRY(sys::file_source(path));
    const auto sink = sys::digesting(std::make_unique<Nowhere>());
    TRY(sys::pour(*source, *sink));
    TRY_VOID(sink->close());
    return sink->figures();
}

// Whether it is there already. Error (no): something else of that name is.
Result<bool> is_there(Store& store, const Job& job, const std::string& name, const std::string& sha256) {
    const auto found = TRY(archived(store, job, name + "-"));
    bool same = false;
    for (const Archived& one : found) {
        if (one.sha256 != sha256)
            return no(
                fmt::format("{} has another {} already: two servers archive to one place, or one was restored and "
                            "goes on under its old timeline; give each a store of its own",
                            store.shown(), name));
        same = true;
    }
    return same;
}

Result<std::unique_ptr<sys::Sink>> packing(const Job& job, std::unique_ptr<sys::Sink> object) {
    if (job.keys.encrypts()) object = TRY(job.keys.encrypting(std::move(object)));
    return sys::compressing(job.settings.compression(), std::move(object));
}

// True: it was stored; false: it was there.
Result<bool> push(Store& store, const Job& job, const sys::Path& path, const sys::Figures& figures) {
    const std::string name = path.filename().string();
    sys::fault_point("wal-look");
    if (TRY(is_there(store, job, name, figures.sha256))) return false;
    const auto source = TRY(sys::file_source(path));
    auto object = TRY(store.create(object_name(job, name, figures.sha256), figures.bytes));
    sys::fault_point("wal-created");
    auto packed = TRY(packing(job, std::move(object)));
    const auto plain = sys::digesting(std::move(packed));
    TRY(sys::pour(*source, *plain));
    sys::fault_point("wal-written");
    TRY_VOID(plain->close());
    sys::fault_point("wal-stored");
    if (plain->figures().sha256 != figures.sha256) {
        TRY_VOID(store.remove(object_name(job, name, figures.sha256)));
        return could_not(
            fmt::format("'{}' changed while it was read; push what PostgreSQL names as %p", path.string()));
    }
    TRY(is_there(store, job, name, figures.sha256)); // of two at once, neither says that all is well
    return true;
}

}

Result<report::Report> wal_push(const Place& place, const Request& request) {
    if (request.files.size() != 1)
        return usage("wal-push needs the file; write archive_command = 'fairlead-backup wal-push %p'");
    const sys::Path path = request.files[0];
    const std::string name = path.filename().string();
    if (!is_archived_name(name))
        return usage(
            fmt::format("'{}' is no file that PostgreSQL archives; it calls them 000000010000000000000003, and "
                        "archive_command names them as %p",
                        name));
    const Job job = TRY(begin(place, request));
    TRY_VOID(check_encrypts(place, job));
    const auto figures = TRY(figures_of(path));
    std::vector<std::string> failed;
    std::size_t stored = 0;
    for (const auto& store : job.stores) {
        const auto done = push(*store, job, path, figures);
        if (!done.ok() && job.stores.size() == 1) return done.error();
        if (!done.ok())
            failed.push_back(fmt::format("{}: {}", store->shown(), done.error().message));
        else if (done.value())
            ++stored;
    }
    if (!failed.empty())
        return could_not(fmt::format("{} is not in every store, so PostgreSQL keeps it: {}", name, join(failed, "; ")));
    report::Report report;
    report.facts = stored > 0 ? fmt::format("{} stored", name) : fmt::format("{} was there already", name);
    return report;
}

}
