#include "deploy/direct/direct.h"
#include "base/printable.h"
#include "base/text.h"
#include "deploy/direct/direct_place.h"
#include "deploy/direct/router_group.h"
#include "deploy/direct/shared.h"
#include "deploy/direct/surroundings.h"
#include "deploy/direct/user.h"
#include "deploy/release/damaged.h"
#include "deploy/release/places.h"
#include "ledger/files.h"
#include "sys/files/log.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::deploy {

namespace {

using sys::FileType;

Error not_as_written(const sys::Path& file) {
    return could_not("this file was changed since it was written for the release that serves; run `fairlead-deploy "
                     "apply` to write it again",
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

namespace {

bool is_database(const std::string& file) {
    return file.ends_with(".db") || file.ends_with(".sqlite") || file.ends_with(".sqlite3");
}

}

std::vector<std::string> DirectPlace::notes() {
    auto told = limits_not_held(settings_.limits, keeping_);
    for (const auto& word : settings_.shared)
        if (!settings_.user.empty() && is_database(word))
            told.push_back(
                fmt::format("SQLite writes beside its file, where {} may not: share the folder that holds '{}' "
                            "instead of the file, or {} can only read it",
                            settings_.user, word, settings_.user));
    if (settings_.reload.empty()) return told;
    told.push_back(fmt::format(
        "{} reloads the code in the process that serves: the new code is not tried next to the old code first, and "
        "requests that the old workers don't finish in their time limit (gunicorn: graceful_timeout) are lost",
        settings_.reload));
    told.push_back("the process keeps the variables of its start, including FAIRLEAD_VERSION: let health.version come "
                   "from a file of the release; changed variables, command or limits start a new process");
    return told;
}

std::string DirectPlace::leaves_behind(const std::string& release) {
    const auto written = release.empty() ? AppData() : shelf_.app_data_in(release).value_or({});
    if (written.files.empty()) return {};
    return fmt::format("{} was written below '{}' while {} served, and the next release begins without it: name it, or "
                       "its folder, in target.shared and move it there",
                       written.first(), layout_.release(release).string(), release);
}

std::vector<std::string> DirectPlace::warnings() {
    auto told = limits_not_held(settings_.limits, keeping_);
    for (auto& one : not_outlived(layout_, world_, keeping_, managers_)) told.push_back(std::move(one));
    return told;
}

Result<void> DirectPlace::check_owner() {
    if (sys::is_root() || !world_.store.ledger().passes_over()) // others only look at what they may
        TRY_VOID(check_places(settings_, layout_));
    if (host_.inspect(layout_.owner()).type == FileType::absent) return {};
    const auto written = TRY(host_.read_file(layout_.owner()));
    const auto there = split(written, '\n'), ours = split(owner(), '\n');
    if (trim(written).empty()) return {}; // torn: the next deployment writes it again
    if (written != owner() && was_ours(there.size() > 1 ? there[1] : "")) return {}; // damaged: the same
    if (there[0] != ours[0]) {
        return usage(fmt::format("'{}' belongs to {}, not to {}; give each environment a target.root of its own, or, "
                                 "if {} was given up, remove '{}'",
                                 layout_.root.string(), there[0], ours[0], there[0], layout_.owner().string()));
    }
    const bool says_state = there.size() > 1 && !there[1].empty();
    if (!says_state || there[1] == ours[1]) return {};
    return usage(
        fmt::format("the lock and the history of '{}' are in '{}', not in '{}': another user deployed there, or HOME "
                    "was different; set target.state to the folder above {}, or remove '{}' if they were moved",
                    layout_.root.string(), there[1], ours[1], ours[0], layout_.owner().string()));
}

// By our own records what serves there is ours, and where the file says there are no others.
bool DirectPlace::was_ours(const std::string& other_state) const {
    const bool is_other = other_state != settings_.state && !other_state.empty() &&
                          host_.inspect(sys::Path(other_state) / "state.json").type != FileType::absent;
    const auto state = world_.store.state();
    if (is_other || !state.ok() || state->current.empty()) return false;
    const auto link = host_.read_link(layout_.current());
    const auto proven = world_.store.carried(state->current);
    return link.ok() && sys::Path(link.value()).filename() == state->current && proven.ok() && proven.value() &&
           proven.value()->settings.root == settings_.root;
}

Result<void> DirectPlace::preflight() {
    TRY_VOID(check_owner());
    TRY_VOID(check_shared(settings_, layout_));
    return can_start();
}

Result<void> DirectPlace::check_beside(const std::string& release) {
    if (!shelf_.check({.id = release}).ok()) return {}; // it is not started, and that is told
    TRY_VOID(shelf_.check_links(release));
    const auto drift = TRY(shelf_.drift(release));
    return drift.empty() ? Result<void>()
                         : no(fmt::format("release {} has changed since it was sealed: {}", release, drift));
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
        for (auto& word : argv) word = written().filled(word, {}, release.id);
    return shelf_.prepare(release, commands);
}

Result<void> DirectPlace::outlast(const std::vector<Instance>& instances) {
    std::vector<std::string> others;
    if (settings_.strategy == "recreate" && !instances.empty()) // what can't run twice doesn't at boot either
        for (const auto& instance : TRY(all()))
            if (instance.slot != instances.front().slot) others.push_back(name_of(instance));
    if (!others.empty()) TRY_VOID(keeper_->commit({}, others));
    for (const auto& instance : instances) TRY_VOID(keeper_->outlast(name_of(instance)));
    return {};
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
        if (needed(id)) continue;
        if (const auto written = TRY(shelf_.app_data_in(id)); !written.files.empty()) {
            sys::log_warning(fmt::format("release {} is kept, as the application wrote {} into it; move what you need "
                                         "to '{}', then remove '{}'",
                                         id, written.first(), layout_.shared().string(), layout_.release(id).string()));
            continue;
        }
        TRY_VOID(shelf_.drop(id));
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
        for (auto& one : damaged_slot(instance, state.value())) found.push_back(std::move(one));
    }
    return found;
}

// By these what serves is started after its end or a reboot.
std::vector<ledger::Damage> DirectPlace::damaged_slot(const Instance& instance, const State& state) const {
    std::vector<ledger::Damage> found;
    const auto& release = state.current;
    const auto slot = name_of(instance);
    const auto add = [&](const sys::Path& file, const Error& what) {
        found.push_back({what, file, ledger::Damage::Cure::none, false});
    };
    const auto launch = layout_.launch(slot), env = layout_.env(slot);
    for (const auto& file : {launch, env})
        if (host_.inspect(file).type == FileType::absent) add(file, gone(file));
    if (const auto lacking = keeper_->lacks(slot); !lacking.empty()) add(lacking, gone(lacking));
    if (const auto changed = keeper_->changed(slot); !changed.empty()) add(changed, not_as_written(changed));
    const auto said = started_as(slot);
    const bool its =
        said.ok() && said->folder == layout_.release(release).string() && said->log == layout_.log(slot).string();
    const auto proven = world_.store.carried(release);
    const bool known = proven.ok() && proven.value();
    const auto [launch_is, env_is] = known ? as_written(instance, state, *proven.value()) : std::pair(its, true);
    if (host_.read_file(launch).ok() && !launch_is) add(launch, not_as_written(launch)); // else gone, or not to be seen
    if (host_.read_file(env).ok() && !env_is) add(env, not_as_written(env));
    return found;
}

std::pair<bool, bool> DirectPlace::as_written(const Instance& instance, const State& state,
                                              const Carried& proven) const {
    const auto slot = name_of(instance);
    const auto launch = host_.read_file(layout_.launch(slot)), env = host_.read_file(layout_.env(slot));
    auto info = world_.store.release(state.current).value_or(std::nullopt).value_or(ReleaseInfo{.id = state.current});
    std::vector<std::string> commits{info.commit};
    const auto history = world_.store.history();
    if (const auto* const record = history.ok() ? record_of(history.value(), state) : nullptr)
        commits.push_back(record->commit); // the same files may have been deployed again, as another commit
    bool launch_is = false, env_is = info.version.empty(); // its record is damaged, and told
    for (const auto& commit : commits)
        for (const bool apart : {false, true}) { // whoever looks needn't be root
            const Layout layout{proven.settings.root, apart && !proven.settings.user.empty()};
            const Written written{proven.settings, proven.variables, layout};
            info.commit = commit;
            launch_is = launch_is || (launch.ok() && launch.value() == to_json(written.launch_of(instance, info.id)));
            env_is = env_is || (env.ok() && env.value() == written.env_of(instance, info));
        }
    return {launch_is, env_is};
}

// What can be written again beside what runs; for the rest whoever deploys starts it anew.
Result<void> DirectPlace::record_again() {
    TRY_VOID(shelf_.record_again());
    const auto state = TRY(world_.store.state());
    if (state.current.empty()) return {};
    if (host_.read_file(layout_.owner()).value_or("") != owner()) TRY_VOID(host_.write_file(layout_.owner(), owner()));
    for (const auto& [instance, seen] : TRY(observe()))
        if (instance.slot == state.slot && seen.running && seen.release == state.current && // its folder is there
            !(keeper_->lacks(name_of(instance)).empty() && keeper_->changed(name_of(instance)).empty()))
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
