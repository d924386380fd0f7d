// A folder or a file with all that it holds, as a tar.
#include "backup/engines/beside.h"
#include "backup/engines/kinds.h"
#include "base/text.h"
#include "sys/files/log.h"
#include "sys/stream/tar.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::backup {
namespace {

using sys::FileType;
using sys::Path;

constexpr std::string_view single = "file"; // the format of a path that is no folder

// A pattern without '/' is one of names, at any depth.
bool is_excluded(const std::vector<std::string>& patterns, std::string_view path) {
    const auto name = path.substr(path.rfind('/') + 1);
    return std::any_of(patterns.begin(), patterns.end(), [&](const std::string& pattern) {
        return glob_match(pattern, pattern.find('/') == pattern.npos ? name : path);
    });
}

class PathDump : public Dump {
  public:
    PathDump(Path path, std::vector<std::string> exclude, std::vector<Path> stores)
        : path_(std::move(path)), exclude_(std::move(exclude)) {
        for (const Path& store : stores) own_.push_back(store.lexically_relative(path_).generic_string());
    }

    Result<void> write(sys::Sink& into) override {
        const auto notes = TRY(sys::write_tar(
            path_, {.excluded = [this](std::string_view path) { return is_excluded(exclude_, path) || is_own(path); }},
            into));
        const std::uint64_t own = part.format == single ? 0 : 1; // the folder itself
        if (notes.entries <= own)
            return usage(fmt::format("'{}' has nothing to back up; look at path and exclude of source '{}'",
                                     path_.string(), part.name));
        if (!notes.leading_out.empty())
            return usage(fmt::format("'{}' in '{}' is a link to something outside, which a restore refuses; name it "
                                     "in exclude of source '{}'",
                                     notes.leading_out.front(), path_.string(), part.name));
        part.facts["entries"] = std::to_string(notes.entries);
        tell(notes.changed, "changed while it was read");
        tell(notes.vanished, "vanished while it was read");
        if (!part.problems.empty()) part.consistency = "inconsistent-paths";
        for (const auto& path : notes.left_out)
            sys::log_warning(fmt::format("source '{}': '{}' is a socket and was left out", part.name, path));
        return {};
    }

  private:
    // A store within the folder: a set would hold the sets before it.
    bool is_own(std::string_view path) const { return std::find(own_.begin(), own_.end(), path) != own_.end(); }

    void tell(const std::vector<std::string>& paths, std::string_view what) {
        for (const auto& path : paths) {
            part.problems.push_back(fmt::format("'{}' {}", path, what));
            sys::log_warning(fmt::format("source '{}': {}", part.name, part.problems.back()));
        }
    }

    Path path_;
    std::vector<std::string> exclude_, own_;
};

class PathRestore : public Restore {
  public:
    PathRestore(Path target, const Part& part, SystemTime now)
        : target_(std::move(target)), file_(part.file), is_single_(part.format == single), now_(now) {
        beside_ = beside_of(target_);
        shown = target_.string();
    }
    ~PathRestore() override { (void)sys::remove_tree(beside_); }

    Result<void> take(sys::Source& plain) override {
        TRY_VOID(sys::make_folders(beside_, 0700));
        const auto notes = TRY(sys::extract_tar(plain, file_, beside_));
        for (const auto& path : notes.left_out)
            sys::log_warning(fmt::format("'{}' is not all that it was; only root may set what is lacking", path));
        return {};
    }
    Result<std::vector<TableCount>> count() override { return std::vector<TableCount>(); }
    Result<std::string> put_in_place() override {
        Path made = beside_;
        if (is_single_) {
            const auto names = TRY(sys::list_folder(beside_));
            if (names.size() != 1) return no(fmt::format("'{}' holds {} files instead of one", file_, names.size()));
            made /= names.front();
        }
        const auto before = TRY(swap_in(made, target_, now_));
        return before.empty() ? "" : "what was there is kept as " + before.string();
    }

  private:
    Path target_, beside_;
    std::string file_;
    bool is_single_;
    SystemTime now_;
};

class Scratch : public Restore {
  public:
    Scratch(sys::TemporaryFolder folder, std::string file) : folder_(std::move(folder)), file_(std::move(file)) {
        shown = "a temporary folder";
    }
    Result<void> take(sys::Source& plain) override {
        const auto into = folder_.path() / "scratch";
        TRY_VOID(sys::make_folders(into, 0700));
        TRY(sys::extract_tar(plain, file_, into));
        return {};
    }
    Result<std::vector<TableCount>> count() override { return std::vector<TableCount>(); }
    Result<std::string> put_in_place() override { return std::string(); }

  private:
    sys::TemporaryFolder folder_;
    std::string file_;
};

// Without '/' behind, so that its name and what it is in are told.
Path resolved(const std::string& path, const World& world) {
    const Path whole = (world.folder / path).lexically_normal();
    return whole.has_filename() ? whole : whole.parent_path();
}

bool has_something(const Path& path, const sys::FileInfo& there) {
    if (there.type != FileType::folder) return true;
    const auto names = sys::list_folder(path);
    return !names.ok() || !names->empty();
}

class Paths : public Engine {
  public:
    std::string_view name() const override { return "path"; }

    Result<std::vector<std::unique_ptr<Dump>>> dumps(const SourceSettings& source, const World& world) const override {
        const Path path = resolved(source.path, world);
        const auto there = sys::inspect(path);
        if (there.type != FileType::folder && there.type != FileType::file)
            return usage(fmt::format("'{}' of source '{}' is {}; name a folder or a file as path", path.string(),
                                     source.name, there.type == FileType::absent ? "not there" : "neither"),
                         source.place);
        auto dump = std::make_unique<PathDump>(path, source.exclude, world.stores);
        dump->shown = path.string();
        dump->ending = "tar";
        dump->part.name = source.name;
        dump->part.engine = name();
        dump->part.format = there.type == FileType::folder ? "folder" : single;
        dump->part.database = path.string();
        dump->part.consistency = "crash-consistent";
        std::vector<std::unique_ptr<Dump>> all;
        all.push_back(std::move(dump));
        return all;
    }

    Result<void> look_at(const Part& part, sys::Source& plain, const World&) const override {
        TRY(sys::walk_tar(plain, part.file));
        return {};
    }

    Result<std::unique_ptr<Restore>> restore(const Part& part, const SourceSettings& source, const Aim& aim,
                                             const World& world) const override {
        if (aim.to.find("://") != aim.to.npos || aim.to.starts_with("env:"))
            return usage("the set holds a folder or a file, and --to names a server; write a path");
        const std::string original = source.path.empty() ? part.database : source.path;
        const Path target = aim.to == "original" ? resolved(original, world)
                                                 : resolved(std::filesystem::absolute(aim.to).string(), world);
        if (sys::inspect(target.parent_path()).type != FileType::folder)
            return usage(
                fmt::format("folder '{}' is not there; make it, or name another path", target.parent_path().string()));
        auto restore = std::make_unique<PathRestore>(target, part, aim.now);
        const auto there = sys::inspect(target);
        if (there.type != FileType::absent && has_something(target, there)) {
            if (aim.overwrite == Overwrite::no)
                return usage(fmt::format("'{}' is there already; name another path, or say --overwrite: what is there "
                                         "is kept beside it",
                                         target.string()));
            restore->act = "replaces " + target.string();
            if (there.type == FileType::folder) restore->replaces = target;
        }
        return std::unique_ptr<Restore>(std::move(restore));
    }

    Result<std::unique_ptr<Restore>> rehearse(const Part& part, const World&) const override {
        auto folder = TRY(sys::TemporaryFolder::make("fairlead-backup"));
        return std::unique_ptr<Restore>(std::make_unique<Scratch>(std::move(folder), part.file));
    }
};

}

const Engine& path_engine() {
    static const Paths engine;
    return engine;
}

}
