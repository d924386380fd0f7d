#include "deploy/direct/direct.h"
#include "base/text.h"
#include "deploy/direct/direct_place.h"
#include "deploy/direct/router_group.h"
#include "deploy/direct/shared.h"
#include "deploy/direct/surroundings.h"
#include "deploy/direct/user.h"
#include "deploy/release/damaged.h"
#include "deploy/release/places.h"
#include "ledger/files.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::deploy {

namespace {

using sys::FileType;

Error not_as_written(const sys::Path& file) {
    return could_not(
        "this is not what was written for the release that serves; `fairlead-deploy apply` writes it again",
        {.file = file.string(), .line = 1});
}

}

std::string DirectPlace::unit_name() const {
    return fmt::format("fairlead-{}-{}@.service", settings_.app, settings_.environment);
}

// Ours first. Another one may keep what an earlier deployment started: before lingering was enabled, say.
std::unique_ptr<Keeper> DirectPlace::plain_keeper() const {
    std::vector<std::unique_ptr<Keeper>> keepers;
    const auto add = [&](Keeping kind) {
        const auto home = world_.process.get_or("HOME", "");
        const auto config = world_.process.get_or("XDG_CONFIG_HOME", home + "/.config");
        if (kind == Keeping::own) keepers.push_back(own_keeper(layout_, world_));
        if (kind == Keeping::systemd)
            keepers.push_back(systemd_keeper(layout_, world_, {unit_name(), "/etc/systemd/system"}));
        if (kind == Keeping::user_units && config.starts_with('/'))
            keepers.push_back(systemd_keeper(layout_, world_,
                                             {unit_name(), config + "/systemd/user", runtime_folder(world_.process)}));
    };
    add(keeping_);
    if (keeping_ != Keeping::own || keepers.empty()) add(Keeping::own);
    if (keeping_ == Keeping::own && managers_.systemd && managers_.root) add(Keeping::systemd);
    if (keeping_ == Keeping::own && managers_.of_user) add(Keeping::user_units);
    return keepers.size() == 1 ? std::move(keepers.front()) : keeper_of_each(std::move(keepers));
}

// What was reloaded once stays with who did that, until it ends.
std::unique_ptr<Keeper> DirectPlace::make_keeper() const {
    if (!settings_.reload.empty()) return reload_keeper(layout_, world_, plain_keeper());
    const auto there = [&](const char* home) { return host_.inspect(layout_.slot(home)).type != FileType::absent; };
    if (!there("x") && !there("y")) return plain_keeper();
    std::vector<std::unique_ptr<Keeper>> keepers;
    keepers.push_back(plain_keeper());
    keepers.push_back(reload_keeper(layout_, world_, plain_keeper()));
    return keeper_of_each(std::move(keepers));
}

std::vector<std::string> DirectPlace::notes() {
    auto told = limits_not_held(settings_.limits, keeping_);
    if (settings_.reload.empty()) return told;
    told.push_back(
        fmt::format("{} reads the code again in the process that serves: nothing is proven beside it, and what "
                    "its old workers don't end in their own time is lost (gunicorn: graceful_timeout)",
                    settings_.reload));
    told.push_back("its variables stay those of its start, FAIRLEAD_VERSION too: let health.version come from a file "
                   "of the release; other variables, command or limits start a new process");
    return told;
}

std::vector<std::string> DirectPlace::warnings() {
    auto told = limits_not_held(settings_.limits, keeping_);
    for (auto& one : not_outlived(layout_, world_, keeping_, managers_)) told.push_back(std::move(one));
    return told;
}

Result<void> DirectPlace::check_owner() {
    TRY_VOID(check_places(settings_, layout_));
    if (host_.inspect(layout_.owner()).type == FileType::absent) return {};
    const auto written = TRY(host_.read_file(layout_.owner()));
    const auto there = split(written, '\n'), ours = split(owner(), '\n');
    if (trim(written).empty()) return {}; // torn: the next deployment writes it again
    if (there[0] != ours[0]) {
        return usage(fmt::format("'{}' belongs to {}, not to {}; give each environment a target.root of its own",
                                 layout_.root.string(), there[0], ours[0]));
    }
    const bool says_state = there.size() > 1 && !there[1].empty();
    if (!says_state || there[1] == ours[1]) return {};
    return usage(fmt::format("the lock and the history of '{}' are in '{}', not in '{}': another user or HOME deployed "
                             "there; set target.state to the folder above {}, or remove '{}' when they were moved",
                             layout_.root.string(), there[1], ours[1], ours[0], layout_.owner().string()));
}

Result<void> DirectPlace::preflight() {
    TRY_VOID(check_owner());
    TRY_VOID(check_shared(settings_, layout_));
    return can_start();
}

Result<void> DirectPlace::can_start() {
    TRY_VOID(check_program());
    TRY_VOID(check_managers(settings_.supervise, managers_));
    std::vector<std::string> names;
    for (const std::string slot : slot_names)
        for (const auto& instance : instances(slot)) names.push_back(name_of(instance));
    TRY_VOID(keeper_->check(names));
    TRY_VOID(target_user(settings_));
    TRY_VOID(router_group(settings_));
    return {};
}

Result<void> DirectPlace::fetch(const Release& release) {
    if (host_.read_file(layout_.owner()).value_or("") != owner()) {
        TRY_VOID(host_.make_open_folders(layout_.root));
        TRY_VOID(host_.write_file(layout_.owner(), owner()));
    }
    std::vector<std::string> running;
    for (const auto& [instance, seen] : TRY(observe()))
        if (seen.running) running.push_back(seen.release);
    return shelf_.fetch(release, running);
}

Result<void> DirectPlace::prepare(const ReleaseInfo& release) {
    auto commands = settings_.prepare;
    for (auto& argv : commands)
        for (auto& word : argv) word = filled(word, {}, release.id);
    return shelf_.prepare(release, commands);
}

Result<void> DirectPlace::commit(const std::string& slot, const std::string& release) {
    if (slot.empty())
        TRY_VOID(host_.remove_tree(layout_.current()));
    else
        TRY_VOID(host_.replace_symlink(sys::Path("releases") / release, layout_.current()));
    if (!slot.empty()) TRY_VOID(world_.store.carries(release));
    std::vector<std::string> serving, others;
    for (const auto& instance : TRY(all())) (instance.slot == slot ? serving : others).push_back(name_of(instance));
    return keeper_->commit(serving, others);
}

Result<void> DirectPlace::prune(const std::vector<std::string>& kept) {
    for (const auto& instance : TRY(all())) TRY_VOID(prune_slot(name_of(instance)));
    TRY_VOID(world_.store.forget_begun());
    const auto observed = TRY(observe());
    const auto needed = [&](const std::string& id) {
        return std::find(kept.begin(), kept.end(), id) != kept.end() ||
               std::any_of(observed.begin(), observed.end(),
                           [&](const auto& seen) { return seen.second.release == id; });
    };
    for (const auto& id : TRY(world_.store.releases())) {
        if (!needed(id)) TRY_VOID(shelf_.drop(id));
    }
    // Of the folders only what was begun goes: one without a record has lost that, and is told (damaged()).
    if (host_.inspect(layout_.releases()).type == FileType::folder) {
        for (const auto& name : TRY(host_.list_folder(layout_.releases())))
            if (name.starts_with('.') && !Shelf::is_mark(name)) TRY_VOID(host_.remove_tree(layout_.release(name)));
    }
    for (const auto& folder : {layout_.root, layout_.run()}) TRY_VOID(remove_leftovers(folder));
    return {};
}

Result<std::vector<ledger::Damage>> DirectPlace::damaged() {
    std::vector<ledger::Damage> found;
    const auto state = world_.store.state();
    for (const auto& id : TRY(shelf_.without_record())) {
        if (state.ok() && (state->current == id || state->previous == id)) continue; // told already
        const auto file = sys::Path(settings_.state) / "releases" / (id + ".json");
        found.push_back({gone(file), file, ledger::Damage::Cure::none, true});
    }
    const auto unfinished = world_.store.unfinished();
    if (!state.ok() || state->current.empty() || !unfinished.ok() || unfinished.value()) return found;
    const auto add = [&](const sys::Path& file, const Error& what) {
        found.push_back({what, file, ledger::Damage::Cure::none, false});
    };
    if (host_.inspect(layout_.owner()).type == FileType::absent)
        add(layout_.owner(), gone(layout_.owner()));
    else if (const auto said = host_.read_file(layout_.owner()); said.ok() && !said->starts_with(owner()))
        add(layout_.owner(), not_as_written(layout_.owner()));
    if (!settings_.reload.empty()) return found; // what serves is in a process's home
    for (const auto& [instance, seen] : TRY(observe())) {
        if (instance.slot != state->slot || seen.release != state->current) continue;
        for (auto& one : damaged_slot(instance, seen.release)) found.push_back(std::move(one));
    }
    return found;
}

// By these what serves is started after its end or a reboot.
std::vector<ledger::Damage> DirectPlace::damaged_slot(const Instance& instance, const std::string& release) const {
    std::vector<ledger::Damage> found;
    const auto slot = name_of(instance);
    const auto add = [&](const sys::Path& file, const Error& what) {
        found.push_back({what, file, ledger::Damage::Cure::none, false});
    };
    const auto launch = layout_.launch(slot), env = layout_.env(slot);
    for (const auto& file : {launch, env})
        if (host_.inspect(file).type == FileType::absent) add(file, gone(file));
    if (const auto lacking = keeper_->lacks(slot); !lacking.empty()) add(lacking, gone(lacking));
    const auto said = started_as(slot);
    const bool its =
        said.ok() && said->folder == layout_.release(release).string() && said->log == layout_.log(slot).string();
    if (host_.read_file(launch).ok() && !its) add(launch, not_as_written(launch)); // else gone, or for nobody to see
    const auto text = host_.read_file(env);
    const auto proven = world_.store.carried(release);
    if (!text.ok() || !proven.ok() || !proven.value()) return found;
    const auto given = parse_env(text.value(), env.string()).value_or({});
    const auto& wanted = proven.value()->variables;
    const auto has = [&](const std::string& name, const std::string& value) {
        return std::find(given.begin(), given.end(), std::pair(name, value)) != given.end();
    };
    const bool all =
        std::all_of(wanted.begin(), wanted.end(), [&](const Variable& one) { return has(one.name, one.value()); }) &&
        (!its || said->socket.empty() || has("FAIRLEAD_SOCKET", said->socket));
    if (!all || given.empty()) add(env, not_as_written(env));
    return found;
}

// What can be written again beside what runs; for the rest whoever deploys starts it anew.
Result<void> DirectPlace::record_again() {
    TRY_VOID(shelf_.record_again());
    const auto state = TRY(world_.store.state());
    if (state.current.empty()) return {};
    if (host_.read_file(layout_.owner()).value_or("") != owner()) TRY_VOID(host_.write_file(layout_.owner(), owner()));
    for (const auto& [instance, seen] : TRY(observe()))
        if (instance.slot == state.slot && seen.running && seen.release == state.current && // its folder is there
            !keeper_->lacks(name_of(instance)).empty())
            TRY_VOID(keeper_->outlast(name_of(instance)));
    return {};
}

Result<void> DirectPlace::remove_leftovers(const sys::Path& folder) const {
    if (host_.inspect(folder).type == FileType::absent) return {};
    for (const auto& name : TRY(host_.list_folder(folder)))
        if (ledger::is_leftover(name)) TRY_VOID(host_.remove_tree(folder / name));
    return {};
}

// A slot where nothing runs keeps only its log: no secrets, no link to a release that may go.
Result<void> DirectPlace::prune_slot(const std::string& slot) const {
    TRY_VOID(remove_leftovers(layout_.slot(slot)));
    if (TRY(keeper_->seen(slot)).running) return {};
    const auto instance = instance_of(slot);
    if (instance && TRY(world_.store.state()).slot == instance->slot) return {};
    TRY_VOID(keeper_->forget(slot));
    for (const auto& path : {layout_.env(slot), layout_.launch(slot), layout_.process(slot), layout_.slot_release(slot),
                             layout_.lock(slot), layout_.ending(slot)}) {
        TRY_VOID(host_.remove_tree(path));
    }
    return {};
}

std::unique_ptr<Place> make_direct(const World& world) { return std::make_unique<DirectPlace>(world); }
}
