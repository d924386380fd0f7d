// A volume of Docker's: its files on the engine's host, while nobody writes a database there.
#include "backup/engines/docker.h"
#include "backup/engines/kinds.h"
#include "backup/engines/path_parts.h"
#include "base/printable.h"
#include "base/shell.h"
#include "base/text.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::backup {
namespace {

using docker::Container;
using docker::Volume;
using sys::FileType;

Result<void> check_reachable(const Volume& volume) {
    if (volume.driver != "local" || !volume.kind.empty())
        return usage(fmt::format(
            "the files of volume '{}' are not on this machine, as it is {}; mount it here, and back it up by path",
            volume.name, volume.driver != "local" ? "of the driver " + volume.driver : "a mount of " + volume.kind));
    if (sys::inspect(volume.folder).type == FileType::folder) return {};
    return could_not(fmt::format("the files of volume '{}' can't be seen in '{}'; run fairlead-backup as root on the "
                                 "engine's own machine",
                                 volume.name, volume.folder.string()));
}

struct Users {
    std::vector<Container> to_stop; // that run
    std::vector<Container> others;  // that run and use the volume all the same
};

// Error (usage): a name of `stop` is nobody's.
Result<Users> users_of(const Volume& volume, const SourceSettings& source, const World& world) {
    const auto all = TRY(docker::containers(world));
    Users users;
    std::vector<std::string> known;
    for (const auto& name : source.stop) {
        bool is_there = false;
        for (const Container& one : all) {
            if (!one.is_called(name)) continue;
            if (one.service == name && !volume.project.empty() && one.project != volume.project) continue;
            is_there = true;
            if (one.running) users.to_stop.push_back(one);
        }
        if (is_there) continue;
        for (const Container& one : all)
            if (one.mounts.count(volume.name)) known.push_back(one.service.empty() ? one.name : one.service);
        return usage(
            fmt::format("stop of source '{}' names '{}', and no container has that name; volume '{}' is used by {}",
                        source.name, name, volume.name, known.empty() ? "none" : join(known, ", ")),
            source.place);
    }
    for (const Container& one : all) {
        const bool stops = std::any_of(users.to_stop.begin(), users.to_stop.end(),
                                       [&](const Container& other) { return other.id == one.id; });
        if (one.running && !stops && one.mounts.count(volume.name)) users.others.push_back(one);
    }
    return users;
}

class VolumeDump : public PathDump {
  public:
    VolumeDump(Volume volume, const SourceSettings& source, const World& world)
        : PathDump(volume.folder, source.exclude, world.stores), volume_(std::move(volume)), source_(source),
          world_(world) {}

    Result<void> write(sys::Sink& into) override {
        const auto users = TRY(users_of(volume_, source_, world_));
        const auto stopped = TRY(docker::Stopped::stop(users.to_stop, world_));
        auto written = PathDump::write(into);
        auto started = stopped->start();
        is_final = !started.ok(); // next time nobody would run who could be started again
        return started.ok() ? std::move(written) : std::move(started);
    }

  private:
    Volume volume_;
    SourceSettings source_;
    const World& world_;
};

class VolumeRestore : public Restore {
  public:
    VolumeRestore(std::string name, std::optional<Volume> there, const Part& part, const SourceSettings& source,
                  const World& world, const Aim& aim)
        : name_(std::move(name)), there_(std::move(there)), part_(part), source_(source), world_(world), aim_(aim) {
        shown = "volume " + name_;
    }

    Result<void> fill(sys::Source& plain) override {
        if (!there_) {
            TRY_VOID(docker::make_volume(name_, world_));
            const auto all = TRY(docker::volumes(world_));
            there_ = TRY(docker::choose(all, name_));
            TRY_VOID(check_reachable(*there_));
        }
        files_ = std::make_unique<PathRestore>(there_->folder, part_, aim_);
        return files_->take(plain);
    }
    Result<std::vector<TableCount>> count() override { return std::vector<TableCount>(); }
    Dropped dropped() const override { return files_ ? files_->dropped() : Dropped(); }
    Result<std::string> change_places() override {
        const auto users = TRY(users_of(*there_, source_, world_));
        if (!users.others.empty())
            return could_not(fmt::format("container '{}' began to use volume '{}'; stop it, and run the command again",
                                         users.others.front().name, name_));
        const auto stopped = TRY(docker::Stopped::stop(users.to_stop, world_));
        auto placed = files_->put_in_place();
        TRY_VOID(stopped->start());
        return placed;
    }

  private:
    std::string name_;
    std::optional<Volume> there_; // nothing: it is made
    Part part_;
    SourceSettings source_;
    const World& world_;
    Aim aim_;
    std::unique_ptr<PathRestore> files_;
};

// What fairlead.yml names, by the engine's word. Of one that is not there any more, the set's own name for it counts as
// far as it is compose's of that name (PROJECT_uploads), and nobody's yet.
Result<std::string> name_of(const Part& part, const SourceSettings& source, const Aim& aim,
                            const std::vector<Volume>& known) {
    if (aim.to != "original") return aim.to;
    const auto is = [&](const Volume& one) { return one.name == source.volume || one.key == source.volume; };
    if (std::any_of(known.begin(), known.end(), is)) {
        const auto there = TRY(docker::choose(known, source.volume));
        return there.name;
    }
    if (part.database == source.volume) return part.database;
    const bool is_taken =
        std::any_of(known.begin(), known.end(), [&](const Volume& one) { return one.name == part.database; });
    if (part.database.ends_with("_" + source.volume) && !is_taken) return part.database;
    return usage(fmt::format("volume '{}' of source '{}' is not there, and the set alone doesn't decide where it is "
                             "restored; say --source {} and the place with --to (the set says that it was '{}')",
                             source.volume, source.name, shell_word(source.name), one_line(part.database)));
}

class Volumes : public Engine {
  public:
    std::string_view name() const override { return "volume"; }

    Result<std::vector<std::unique_ptr<Dump>>> dumps(const SourceSettings& source, const World& world) const override {
        const auto known = TRY(docker::volumes(world));
        const auto volume = TRY(docker::choose(known, source.volume));
        TRY_VOID(check_reachable(volume));
        const auto users = TRY(users_of(volume, source, world));
        for (const Container& one : users.others)
            if (docker::keeps_database(one, volume))
                return usage(fmt::format("volume '{}' is in use by the database in container '{}', and a database may "
                                         "not start from files that were copied while it wrote them; write stop: [{}] "
                                         "at source '{}', or back up the database itself (engine)",
                                         volume.name, one.name, one.service.empty() ? one.name : one.service,
                                         source.name),
                             source.place);
        auto dump = std::make_unique<VolumeDump>(volume, source, world);
        dump->shown = "volume " + volume.name;
        for (const Container& one : users.to_stop) dump->shown += fmt::format(", while {} is stopped", one.name);
        dump->ending = "tar";
        dump->part.name = source.name;
        dump->part.engine = name();
        dump->part.format = "folder";
        dump->part.database = volume.name;
        dump->part.consistency = users.others.empty() ? "stopped" : "crash-consistent";
        std::vector<std::unique_ptr<Dump>> all;
        all.push_back(std::move(dump));
        return all;
    }

    Result<void> look_at(const Part& part, sys::Source& plain, const World&) const override {
        return look_at_tar(part, plain);
    }

    Result<std::unique_ptr<Restore>> restore(const Part& part, const SourceSettings& source, const Aim& aim,
                                             const World& world) const override {
        if (aim.to.find('/') != aim.to.npos || aim.to.starts_with("env:"))
            return usage(fmt::format(
                "the set holds a volume, and --to '{}' is not a volume's name; write a volume's name, or original",
                aim.to));
        if (aim.to == "original" && source.volume.empty()) return no_original(part, "volume");
        const auto known = TRY(docker::volumes(world));
        const auto name = TRY(name_of(part, source, aim, known));
        std::optional<Volume> there;
        for (const Volume& one : known)
            if (one.name == name) there = one;
        auto restore = std::make_unique<VolumeRestore>(name, there, part, source, world, aim);
        if (!there) return std::unique_ptr<Restore>(std::move(restore));
        TRY_VOID(check_reachable(*there));
        const auto users = TRY(users_of(*there, source, world));
        if (!users.others.empty()) {
            const auto& one = users.others.front();
            return usage(fmt::format("container '{}' runs and uses volume '{}'; stop it, or write stop: [{}] at source "
                                     "'{}'",
                                     one.name, name, one.service.empty() ? one.name : one.service, source.name));
        }
        if (has_something(there->folder, sys::inspect(there->folder))) {
            if (aim.overwrite == Overwrite::no)
                return usage(fmt::format("volume '{}' is not empty; name another volume, or say --overwrite: the old "
                                         "data is kept next to it",
                                         name));
            restore->act = "replaces volume " + name;
        }
        return std::unique_ptr<Restore>(std::move(restore));
    }

    Result<std::unique_ptr<Restore>> rehearse(const Part& part, const World&) const override {
        return rehearse_tar(part);
    }
};

}

const Engine& volume_engine() {
    static const Volumes engine;
    return engine;
}

}
