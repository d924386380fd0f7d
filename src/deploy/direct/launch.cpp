#include "base/text.h"
#include "deploy/direct/direct_place.h"
#include "deploy/direct/router_group.h"
#include "deploy/direct/surroundings.h"
#include "deploy/direct/user.h"
#include "sys/http/sockets.h"
#include "sys/process/process.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::deploy {

namespace {

using sys::FileType;

// By it a keeper finds what an instance without a socket left.
constexpr const char* instance_mark = "FAIRLEAD_INSTANCE";

}

std::vector<Instance> DirectPlace::instances(const std::string& slot) {
    std::vector<Instance> all;
    for (int number = 1; number <= settings_.replicas; ++number) all.push_back({slot, number});
    for (const auto& process : settings_.processes)
        for (int number = 1; number <= process.count; ++number) all.push_back({slot, number, process.name});
    return all;
}

bool DirectPlace::binds_socket(const Instance& instance) const { return instance.serves() && settings_.port == 0; }

// The same for a replica's slot whatever their number, so that no release takes another one's.
int DirectPlace::port_of(const Instance& instance) const {
    if (settings_.port == 0 || !instance.serves()) return 0;
    return settings_.port + 2 * (instance.number - 1) + (instance.slot == "a" ? 0 : 1);
}

std::string DirectPlace::filled(std::string word, const Instance& instance, const std::string& release) const {
    const std::pair<std::string_view, std::string> values[] = {{"{socket}", layout_.socket(name_of(instance)).string()},
                                                               {"{release}", layout_.release(release).string()},
                                                               {"{shared}", layout_.shared().string()},
                                                               {"{slot}", instance.slot},
                                                               {"{port}", std::to_string(port_of(instance))},
                                                               {"{replica}", std::to_string(instance.number)}};
    for (const auto& [name, value] : values) word = replace_all(word, name, value);
    return word;
}

Launch DirectPlace::launch_of(const Instance& instance, const std::string& release) const {
    const auto name = name_of(instance);
    Launch launch{.folder = layout_.release(release).string(),
                  .socket = binds_socket(instance) ? layout_.socket(name).string() : "",
                  .log = layout_.log(name).string(),
                  .stop_signal = settings_.stop_signal,
                  .stop_timeout = settings_.stop_timeout,
                  .secrets = secret_names(world_.variables),
                  .user = settings_.user,
                  .port = port_of(instance),
                  .limits = settings_.limits,
                  .umask = parse_umask(settings_.umask)};
    const auto process = std::find_if(settings_.processes.begin(), settings_.processes.end(),
                                      [&](const Process& one) { return one.name == instance.process; });
    const auto& command =
        instance.serves() || process == settings_.processes.end() ? settings_.command : process->command;
    for (const auto& word : command) launch.argv.push_back(filled(word, instance, release));
    return launch;
}

std::string DirectPlace::env_of(const Instance& instance, const ReleaseInfo& release) const {
    auto told = told_of_release(settings_, release);
    told.emplace_back("FAIRLEAD_SLOT", instance.slot);
    if (binds_socket(instance)) told.emplace_back("FAIRLEAD_SOCKET", layout_.socket(name_of(instance)).string());
    if (const int port = port_of(instance); port != 0) told.emplace_back("FAIRLEAD_PORT", std::to_string(port));
    if (!instance.serves()) told.emplace_back("FAIRLEAD_PROCESS", instance.process);
    if (settings_.replicas > 1 || !instance.serves())
        told.emplace_back("FAIRLEAD_REPLICA", std::to_string(instance.number));
    if (!binds_socket(instance)) told.emplace_back(instance_mark, layout_.slot(name_of(instance)).string());
    auto text = render_env(world_.variables);
    for (const auto& [name, value] : told) text += fmt::format("{}={}\n", name, quote_env(value));
    return text;
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
        const auto who = sys::tcp_listener(address);
        return no(fmt::format("port {} of {} is taken by {}; end it, or choose another target.port", launch.port, slot,
                              who.empty() ? "another user's program (`sudo ss -ltnp` says by which)" : who));
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
