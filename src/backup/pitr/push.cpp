// What archive_command calls for each file of WAL.
#include "backup/pitr/archive.h"
#include "backup/pitr/commands.h"
#include "backup/pitr/wal.h"
#include "base/text.h"
#include "sys/digest.h"
#include "sys/fault.h"
#include "sys/files/files.h"
#include "sys/files/log.h"
#include "sys/stream/digest.h"
#include "sys/stream/files.h"
#include <cstring>
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

// Without its key nobody looks into an encrypted one; that it isn't cut short is seen by its size.
bool is_whole(Store& store, const Job& job, const Archived& one) {
    constexpr std::uint64_t least = 200; // bytes of age's header and a block
    if (one.is_encrypted && job.keys.identities().empty()) return one.object.bytes >= least;
    const auto verified = verify_archived(store, job, one);
    return verified.ok() || verified.error().kind != Kind::no;
}

enum class Look { by_name, inside };

// Whether it is there already; a damaged one is taken away. Error (no): something else of that name is.
Result<bool> is_there(Store& store, const Job& job, const std::string& name, const std::string& sha256, Look look) {
    const auto found = TRY(archived(store, job, name + "-"));
    bool same = false;
    for (const Archived& one : found) {
        if (one.sha256 == sha256 && look == Look::inside && !is_whole(store, job, one)) {
            sys::log_warning(fmt::format("{} of {} was damaged and is stored anew", one.object.name, store.shown()));
            TRY_VOID(store.remove(one.object.name));
            continue;
        }
        if (one.sha256 != sha256)
            return no(
                fmt::format("{} has another {} already: two servers archive to one place, or one was restored and "
                            "goes on under its old timeline; give each a store of its own",
                            store.shown(), name));
        same = true;
    }
    return same;
}

// Made by nobody here: where a disk isn't mounted, what is archived would vanish beneath it when it is.
Result<void> check_folder(const Store& store) {
    const sys::Path folder = store.folder();
    if (folder.empty() || sys::inspect(folder).type != sys::FileType::absent) return {};
    return could_not(fmt::format("folder '{}' is not there; mount its disk, or make it for whom PostgreSQL runs as",
                                 folder.string()));
}

// A segment says at its begin what it is (XLogLongPageHeaderData of access/xlog_internal.h): its own size and where it
// stands in the log. Error (usage): it is none, or another one than its name says.
Result<void> check_segment(const sys::Path& path, const std::string& name, std::uint64_t bytes) {
    const auto wrong = [&](const std::string& why) {
        return usage(
            fmt::format("'{}' is no segment of WAL: {}; push what PostgreSQL names as %p", path.string(), why));
    };
    constexpr std::size_t header = 40, flags_at = 2, address_at = 8, size_at = 32;
    constexpr std::uint16_t has_long_header = 2;
    const auto source = TRY(sys::file_source(path));
    std::string page(header, '\0');
    if (TRY(source->read(page)) < header) return wrong("it is too short");
    const auto number = [&](auto value, std::size_t at) {
        std::memcpy(&value, page.data() + at, sizeof value);
        return value;
    };
    if ((number(std::uint16_t{0}, flags_at) & has_long_header) == 0) return wrong("it does not begin like one");
    const auto size = number(std::uint32_t{0}, size_at);
    if (size != bytes) return wrong(fmt::format("it has {} bytes, and says {} of itself", bytes, size));
    const auto segment = parse_segment(name.substr(0, name.find('.')), size);
    if (!segment || segment->number * size != number(std::uint64_t{0}, address_at))
        return wrong("it is another one than its name says");
    return {};
}

Result<std::unique_ptr<sys::Sink>> packing(const Job& job, std::unique_ptr<sys::Sink> object) {
    if (job.keys.encrypts()) object = TRY(job.keys.encrypting(std::move(object)));
    return sys::compressing(job.settings.compression(), std::move(object));
}

Result<void> put(Store& store, const Job& job, const sys::Path& path, const sys::Figures& figures) {
    const std::string name = path.filename().string();
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
    return {};
}

// True: it was stored; false: it was there.
Result<bool> push(Store& store, const Job& job, const sys::Path& path, const sys::Figures& figures) {
    const std::string name = path.filename().string();
    sys::fault_point("wal-look");
    TRY_VOID(check_folder(store));
    if (TRY(is_there(store, job, name, figures.sha256, Look::inside))) return false;
    if (auto stored = put(store, job, path, figures); !stored.ok()) {
        const auto meanwhile = is_there(store, job, name, figures.sha256, Look::inside); // by another one, the same
        if (meanwhile.ok() && meanwhile.value()) return false;
        return std::move(stored).error();
    }
    TRY(is_there(store, job, name, figures.sha256, Look::by_name)); // of two at once, neither says that all is well
    return true;
}

}

Result<void> pitr::archive_text(Store& store, const Job& job, const std::string& name, const std::string& text) {
    auto object = TRY(store.create(object_name(job, name, sys::sha256(text)), text.size()));
    const auto packed = TRY(packing(job, std::move(object)));
    TRY_VOID(packed->write(text));
    return packed->close();
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
    if (!name.ends_with(".history") && !name.ends_with(".backup")) TRY_VOID(check_segment(path, name, figures.bytes));
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
