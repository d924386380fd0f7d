#include "base/text.h"
#include "deploy/address.h"
#include "deploy/direct/direct_place.h"
#include "deploy/direct/router_group.h"
#include "deploy/direct/surroundings.h"
#include "deploy/direct/user.h"
#include "sys/process/process.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::deploy {

namespace {

using sys::FileType;

}

std::vector<Instance> DirectPlace::instances(const std::string& slot) {
    std::vector<Instance> all;
    for (int number = 1; number <= settings_.replicas; ++number) all.push_back({slot, number});
    for (const auto& process : settings_.processes)
        for (int number = 1; number <= process.count; ++number) all.push_back({slot, number, process.name});
    return all;
}

// As the start will look it up. What lies in the release can be looked at only once that is there.
Result<void> DirectPlace::check_program() const {
    const auto& program = settings_.command.front();
    const auto path = path_in(application_environment(world_.process, nullptr, assignments(world_.variables)));
    const auto folders = split(path, ':');
    const bool bare = program.find('/') == program.npos;
    const bool inside =
        program.find('{') != program.npos ||
        (bare ? std::any_of(folders.begin(), folders.end(), [](const auto& one) { return !one.starts_with('/'); })
              : program[0] != '/');
    if (inside) return {};
    TRY_VOID(require_program("target.command", program, path, "/"));
    return {};
}

Result<void> DirectPlace::make_socket_folders(const std::string& slot) const {
    const auto user = TRY(target_user(settings_));
    const auto group = TRY(router_group(settings_));
    TRY_VOID(host_.make_socket_folder(layout_.run().string(), {.group = group, .passed_through = layout_.apart}));
    if (!layout_.apart || !user) return {};
    TRY_VOID(host_.make_socket_folder(layout_.socket_folder(slot).string(), {.owner = user->uid, .group = group}));
    return {};
}

Result<void> DirectPlace::start(const std::vector<Instance>& instances, const ReleaseInfo& release) {
    TRY_VOID(shelf_.check(release));
    TRY_VOID(world_.store.begin_to_carry(release.id, {settings_, world_.variables}));
    for (const auto& instance : instances) TRY_VOID(start_one(instance, release));
    return {};
}

Result<void> DirectPlace::start_one(const Instance& instance, const ReleaseInfo& release) {
    const auto slot = name_of(instance);
    const auto launch = launch_of(instance, release.id);
    const auto address = fmt::format("127.0.0.1:{}", launch.port);
    if (launch.port != 0 && TRY(host_.tcp_use(address)).listeners > 0) {
        return no(fmt::format("port {} of {} is in use by {}; stop that program, or choose another target.port",
                              launch.port, slot, listener_at(address)));
    }
    TRY_VOID(host_.make_folders(layout_.slot(slot), 0750));
    if (host_.inspect(layout_.log(slot)).type == FileType::file) {
        TRY_VOID(host_.rename_path(layout_.log(slot), layout_.log(slot).string() + ".1"));
    }
    const bool at_home = !settings_.reload.empty(); // of a process that stays (keeper_reload.cpp)
    for (const auto& folder : at_home ? std::vector<std::string>{"x", "y"} : std::vector{slot})
        if (binds_socket(instance)) TRY_VOID(make_socket_folders(folder));
    TRY_VOID(host_.replace_symlink(sys::Path("../../releases") / release.id, layout_.slot_release(slot)));
    TRY_VOID(host_.write_file(layout_.env(slot), env_of(instance, release), 0600));
    TRY_VOID(host_.write_file(layout_.launch(slot), to_json(launch), 0640));
    return keeper_->start(slot, launch);
}

Result<void> DirectPlace::restart(const Instance& instance) {
    const auto slot = name_of(instance);
    const auto launch = TRY(started_as(slot));
    return keeper_->start(slot, launch);
}

Result<void> DirectPlace::clear(const Instance& instance) {
    const auto slot = name_of(instance);
    const auto socket = socket_in_use(started_as(slot), slot);
    const bool its_own = behind_alias(host_, layout_, slot, socket) == socket; // else a process that stays has it
    if (binds_socket(instance) && its_own) TRY_VOID(host_.remove_tree(socket));
    return keeper_->clear(slot);
}

}
