// A folder or a file with all that it holds, as a tar.
#include "backup/engines/kinds.h"
#include "backup/engines/path_parts.h"
#include "backup/scratch.h"
#include "base/shell.h"
#include <fmt/format.h>

namespace fairlead::backup {
namespace {

using sys::FileType;
using sys::Path;

// Without '/' behind, so that its name and what it is in are told.
Path resolved(const std::string& path, const World& world) {
    const Path whole = (world.folder / path).lexically_normal();
    return whole.has_filename() ? whole : whole.parent_path();
}

// Each set would hold the sets before it.
Result<void> check_no_store(const Path& path, const SourceSettings& source, const World& world) {
    for (const Path& store : world.stores) {
        std::error_code failed; // then they are two
        bool is_within = false;
        for (Path at = std::filesystem::canonical(path, failed); !is_within && at.has_relative_path();
             at = at.parent_path())
            is_within = std::filesystem::equivalent(at, store, failed);
        if (is_within)
            return usage(fmt::format("source '{}' is the store '{}' or inside it; name another path", source.name,
                                     store.string()),
                         source.place);
    }
    return {};
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
        TRY_VOID(check_no_store(path, source, world));
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

    Result<std::vector<std::string>> left_behind(const SourceSettings& source, const World& world) const override {
        return left_beside(resolved(source.path, world));
    }

    Result<void> look_at(const Part& part, sys::Source& plain, const World&) const override {
        return look_at_tar(part, plain);
    }

    Result<std::unique_ptr<Restore>> restore(const Part& part, const SourceSettings& source, const Aim& aim,
                                             const World& world) const override {
        if (aim.to.find("://") != aim.to.npos || aim.to.starts_with("env:"))
            return usage("the set holds a folder or a file, and --to names a server; write a path");
        if (aim.to == "original" && source.path.empty()) return no_original(part, "path");
        const Path target = aim.to == "original" ? resolved(source.path, world)
                                                 : resolved(std::filesystem::absolute(aim.to).string(), world);
        if (sys::inspect(target.parent_path()).type != FileType::folder)
            return usage(
                fmt::format("folder '{}' is not there; make it, or name another path", target.parent_path().string()));
        auto restore = std::make_unique<PathRestore>(target, part, aim);
        const auto there = sys::inspect(target);
        const bool is_single = part.format == single;
        if (there.type == (is_single ? FileType::folder : FileType::file)) // its mode is no mode of what comes
            restore->misfit = fmt::format("'{}' is a {}, and the set holds a {}; name another path", target.string(),
                                          is_single ? "folder" : "file", is_single ? "file" : "folder");
        if (sys::is_mount_point(target)) // a rename puts the restored folder in its place
            restore->misfit = fmt::format("'{}' is a mount point, which can't be replaced; unmount it, or restore to a "
                                          "folder in it and move the content: --to {}",
                                          target.string(), shell_word((target / "restored").string()));
        if (there.type != FileType::absent && has_something(target, there)) {
            if (aim.overwrite == Overwrite::no)
                return usage(fmt::format(
                    "'{}' is there already; name another path, or say --overwrite: the old data is kept next to it",
                    target.string()));
            restore->act = "replaces " + target.string();
            restore->replaces = target;
        }
        return std::unique_ptr<Restore>(std::move(restore));
    }

    Result<std::unique_ptr<Restore>> rehearse(const Part& part, const World&) const override {
        return rehearse_tar(part);
    }
};

}

const Engine& path_engine() {
    static const Paths engine;
    return engine;
}

}
