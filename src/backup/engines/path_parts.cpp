#include "backup/engines/path_parts.h"
#include "backup/engines/beside.h"
#include "backup/scratch.h"
#include "base/printable.h"
#include "base/shell.h"
#include "base/text.h"
#include "sys/fault.h"
#include "sys/files/log.h"
#include "sys/files/owned/scratch.h"
#include "sys/stream/tar.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::backup {
namespace {

using sys::FileType;
using sys::Path;

// A pattern without '/' is one of names, at any depth.
bool is_excluded(const std::vector<std::string>& patterns, std::string_view path) {
    const auto name = path.substr(path.rfind('/') + 1);
    return std::any_of(patterns.begin(), patterns.end(), [&](const std::string& pattern) {
        return glob_match(pattern, pattern.find('/') == pattern.npos ? name : path);
    });
}

class PathScratch : public Restore {
  public:
    PathScratch(sys::ScratchFolder folder, std::string file) : folder_(std::move(folder)), file_(std::move(file)) {
        shown = "a temporary folder";
        is_scratch = true;
    }
    Result<void> fill(sys::Source& plain) override {
        const auto into = folder_.path() / "scratch";
        TRY_VOID(sys::make_folders(into, 0700));
        TRY(sys::extract_tar(plain, file_, into));
        return {};
    }
    Result<std::vector<TableCount>> count() override { return std::vector<TableCount>(); }
    Result<std::string> change_places() override { return std::string(); }

  private:
    sys::ScratchFolder folder_;
    std::string file_;
};

}

bool has_something(const Path& path, const sys::FileInfo& there) {
    if (there.type != FileType::folder) return true;
    const auto names = sys::list_folder(path);
    return !names.ok() || !names->empty();
}

PathDump::PathDump(Path path, std::vector<std::string> exclude, const std::vector<Path>& stores)
    : path_(std::move(path)), exclude_(std::move(exclude)) {
    unit = "file";
    for (const Path& store : stores) own_.push_back(store.lexically_relative(path_).generic_string());
}

Result<void> PathDump::write(sys::Sink& into) {
    const auto leaves_out = [this](std::string_view path) {
        return is_excluded(exclude_, path) || std::find(own_.begin(), own_.end(), path) != own_.end();
    };
    const auto notes = TRY(sys::write_tar(path_, {.excluded = leaves_out}, into));
    const std::uint64_t own = part.format == single ? 0 : 1; // the folder itself
    is_empty = notes.entries <= own;                         // which --allow-empty lets be
    if (!notes.leading_out.empty())
        return usage(fmt::format("'{}' in '{}' is a link to something outside, which a restore refuses; name it "
                                 "in exclude of source '{}'",
                                 one_line(notes.leading_out.front()), path_.string(), part.name));
    part.facts["entries"] = std::to_string(notes.entries);
    tell(notes.changed, "changed while it was read");
    tell(notes.vanished, "vanished while it was read");
    if (!part.problems.empty()) part.consistency = "inconsistent-paths";
    for (const auto& path : notes.left_out)
        sys::log_warning(fmt::format("source '{}': '{}' is a socket and was left out", part.name, one_line(path)));
    return {};
}

void PathDump::tell(const std::vector<std::string>& paths, std::string_view what) {
    for (const auto& path : paths) {
        part.problems.push_back(fmt::format("'{}' {}", one_line(path), what));
        sys::log_warning(fmt::format("source '{}': {}", part.name, part.problems.back()));
    }
}

PathRestore::PathRestore(Path target, const Part& part, const Aim& aim)
    : target_(std::move(target)), file_(part.file), is_single_(part.format == single), aim_(aim) {
    shown = target_.string();
}

Result<void> PathRestore::fill(sys::Source& plain) {
    auto beside = TRY(scratch_beside(target_));
    beside_.emplace(std::move(beside));
    return with_names(unpack(plain), *beside_);
}

Result<void> PathRestore::unpack(sys::Source& plain) {
    const auto made = beside_->made();
    TRY_VOID(sys::make_folders(made, 0700));
    sys::TarReading how;
    how.privileges = aim_.privileges;
    how.standing = sys::standing_at(beside_->target());
    auto notes = TRY(sys::extract_tar(plain, file_, made, how));
    dropped_ = std::move(notes.dropped);
    for (const auto& path : notes.left_out)
        sys::log_warning(fmt::format("'{}' is not fully restored: this user or this file system can't make it, or "
                                     "can't give it its owner or its attributes",
                                     one_line(path)));
    return {};
}

Result<std::string> PathRestore::change_places() { return with_names(swap(), *beside_); }

Result<std::string> PathRestore::swap() {
    Path made = beside_->made();
    const Path target = beside_->target();
    if (is_single_) {
        const auto names = TRY(sys::list_folder(made));
        if (names.size() != 1) return no(fmt::format("'{}' holds {} files instead of one", file_, names.size()));
        made /= names.front();
    }
    // An empty folder needs no copy. The system itself refuses one in which something came to lie since.
    if (sys::inspect(target).type == FileType::folder) {
        sys::fault_point("target-folder");
        TRY(sys::remove_empty_folder(target));
    }
    const auto before = TRY(swap_in(made, target, aim_.now));
    return before.empty() ? "" : "the old data is kept as " + beside_->named(before.string());
}

Error no_original(const Part& part, std::string_view key) {
    const auto name = one_line(part.name);
    return usage(fmt::format(
        "fairlead.yml names no {} for source '{}', and the set alone doesn't decide where it is restored; write it "
        "under backup.sources, or say --source {} and the place with --to (the set says that it was '{}')",
        key, name, shell_word(name), one_line(part.database)));
}

Result<void> look_at_tar(const Part& part, sys::Source& plain) {
    TRY(sys::walk_tar(plain, part.file));
    return {};
}

Result<std::unique_ptr<Restore>> rehearse_tar(const Part& part) {
    auto folder = TRY(sys::ScratchFolder::make(scratch_of_files));
    return std::unique_ptr<Restore>(std::make_unique<PathScratch>(std::move(folder), part.file));
}

}
