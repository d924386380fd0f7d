#include "base/printable.h"
#include "base/text.h"
#include "deploy/compose/compose_place.h"
#include "deploy/compose/user.h"
#include "deploy/direct/router_group.h"
#include <fmt/format.h>

namespace fairlead::deploy {

namespace {

constexpr int first_port = 20000, ports = 10000; // below the kernel's own (ip_local_port_range, 32768)

// In the words of the kernel, and of an engine that gave it to another container.
bool tells_of_port(const Error& error) {
    return error.message.find("address already in use") != error.message.npos ||
           error.message.find("port is already allocated") != error.message.npos;
}

std::string mark_of(const ContainerSeen& seen) {
    return fmt::format("{} {}\n", seen.id, seen.started ? seen.started->time_since_epoch().count() : 0);
}

}

bool ComposePlace::is_ending(const Instance& instance, const ContainerSeen& seen) const {
    return host_.read_file(ending_file(instance)).value_or("") == mark_of(seen);
}

// A container that is stopped, or whose slot may be started again, listens nowhere and wants its port all the same; so
// do those of another application or environment of ours.
Result<void> ComposePlace::find_held_ports() {
    const auto* at = TRY(engine());
    for (const auto& one : TRY(at->containers({label("app")})))
        if (const auto seen = TRY(at->inspect(one.id)))
            for (const auto& [port, where] : seen->published)
                taken_.insert(static_cast<int>(parse_integer(where.substr(where.rfind(':') + 1)).value_or(0)));
    for (const auto& instance : TRY(slots())) {
        const auto text = host_.read_file(launch_file(instance));
        const auto launch = text.ok() ? parse_recipe(text.value(), "launch.json") : Result<Recipe>(text.error());
        const auto* service = launch.ok() ? launch->model.find(service_of(instance)) : nullptr;
        for (const auto& port : service ? service->fixed_ports : std::vector<std::string>()) { // 127.0.0.1:20001:8000
            const auto words = split(port, ':');
            if (words.size() > 1) taken_.insert(static_cast<int>(parse_integer(words[words.size() - 2]).value_or(0)));
        }
    }
    return {};
}

// `docker compose up` would start them again, as far as they are of the services that it is told. What a way back needs
// of them is in their slot.
Result<void> ComposePlace::remove_ended() {
    const auto* at = TRY(engine());
    for (const auto& one : TRY(own())) {
        const auto instance = instance_of(of_label(one.labels, label("instance")));
        if (one.is_running() || !instance || of_label(one.labels, label("role")) != role_of_release) continue;
        if (host_.inspect(launch_file(*instance)).type != sys::FileType::absent) TRY_VOID(at->remove(one.id));
    }
    return {};
}

Result<int> ComposePlace::free_port() {
    std::size_t start = 0; // of each environment its own, as far as that goes
    for (const char c : settings_.state) start = (start * 31 + static_cast<unsigned char>(c)) % ports;
    for (int i = 0; i < ports; ++i) {
        const auto port = first_port + static_cast<int>((start + static_cast<std::size_t>(i)) % ports);
        if (!taken_.insert(port).second) continue;
        const auto use = TRY(host_.tcp_use(fmt::format("127.0.0.1:{}", port)));
        if (use.listeners == 0) return port;
    }
    return could_not(fmt::format("no port from {} to {} is free", first_port, first_port + ports - 1));
}

// What was there goes, and all is laid out that its container mounts.
Result<Change> ComposePlace::make_ready(const Instance& instance, const ReleaseInfo& release, const Recipe& recipe) {
    TRY_VOID(clear(instance));
    TRY_VOID(host_.remove_tree(slot_folder(instance)));
    auto change = change_of(instance, release, recipe);
    const auto used = recipe.images.find(change.service);
    const auto user = used == recipe.images.end() ? std::string() : used->second.user;
    TRY_VOID(write_secrets(slot_folder(instance) / "secrets", user));
    if (by_socket() && instance.serves()) {
        const auto group = TRY(router_group(settings_));
        const auto there = container_user(user);
        const auto owner = there.is_root ? std::nullopt : there.number;
        TRY_VOID(host_.make_socket_folder(layout_.run().string(), {.group = group, .passed_through = true}));
        TRY_VOID(host_.make_socket_folder(layout_.socket_folder(name_of(instance)).string(),
                                          {.owner = owner, .group = group}));
    } else if (instance.serves() && settings_.reach == "host") {
        change.port = recipe.port;
    }
    change.labels[label("config-hash")] = TRY(hash_of(change.service, release, recipe));
    return change;
}

Result<void> ComposePlace::start_round(const std::vector<Instance>& round, const ReleaseInfo& release,
                                       const Recipe& recipe) {
    std::vector<Change> changes;
    for (const auto& instance : round) {
        auto change = TRY(make_ready(instance, release, recipe));
        changes.push_back(std::move(change));
    }
    TRY_VOID(find_held_ports());
    constexpr int attempts = 5; // somebody may take a port between our look and the engine's
    for (int attempt = 1;; ++attempt) {
        for (auto& change : changes)
            if (change.port > 0) change.host_port = TRY(free_port());
        const auto started = start_as(round, changes, recipe);
        if (started.ok() || attempt == attempts || !tells_of_port(started.error())) return started;
        for (const auto& instance : round) TRY_VOID(clear(instance));
    }
}

Result<void> ComposePlace::start_as(const std::vector<Instance>& round, const std::vector<Change>& changes,
                                    const Recipe& recipe) {
    TRY_VOID(remove_ended());
    const auto* compose = TRY(cli());
    auto launch = recipe;
    auto model = TRY(changed_model(recipe.model.text, changes));
    launch.model = TRY(parse_model(std::move(model)));
    std::vector<std::string> names;
    for (const auto& change : changes) names.push_back(change.service);
    for (const auto& instance : round) TRY_VOID(host_.write_file(launch_file(instance), to_json(launch), 0600));
    const auto scale = TRY(scale_with(launch.project, names));
    return compose->up(launch.project, launch.folder, launch.model.text, scale);
}

// One more of each than there are now, whoever started them.
Result<std::map<std::string, int>> ComposePlace::scale_with(const std::string& project,
                                                            const std::vector<std::string>& names) {
    std::map<std::string, int> scale;
    for (const auto& name : names) scale[name] = 1;
    for (const auto& one : TRY(of_project(project)))
        if (const auto found = scale.find(of_label(one.labels, service_label)); found != scale.end()) ++found->second;
    return scale;
}

// One of each service at a time: compose makes all that it makes at once alike.
Result<void> ComposePlace::start(const std::vector<Instance>& all, const ReleaseInfo& release) {
    const auto recipe = TRY(recipe_of(release.id));
    TRY_VOID(check(release.id));
    std::map<int, std::vector<Instance>> rounds;
    for (const auto& instance : all) rounds[instance.number].push_back(instance);
    for (const auto& [number, round] : rounds) {
        TRY_VOID(start_round(round, release, recipe));
        for (const auto& instance : round)
            if (!TRY(find(instance)))
                return could_not(fmt::format("docker compose made no container for {}", name_of(instance)));
    }
    return {};
}

// As it was started last, though its container may be gone.
Result<void> ComposePlace::restart(const Instance& instance) {
    if (const auto found = TRY(find(instance))) {
        const auto* at = TRY(engine());
        return at->start(found->id);
    }
    const auto file = launch_file(instance);
    const auto text = TRY(host_.read_file(file));
    const auto launch = TRY(parse_recipe(text, file.string()));
    const auto service = service_of(instance);
    TRY_VOID(remove_ended());
    const auto* compose = TRY(cli());
    const auto scale = TRY(scale_with(launch.project, {service}));
    return compose->up(launch.project, launch.folder, launch.model.text, scale);
}

Result<void> ComposePlace::end(const Instance& instance) {
    const auto seen = TRY(inspect(instance));
    if (!seen || !seen->running) return {};
    const auto* at = TRY(engine());
    // Before the signal, as with a process: whoever finds it after us must not count it.
    [[maybe_unused]] const auto marked = host_.write_file(ending_file(instance), mark_of(*seen), 0600);
    return at->signal(seen->id, seen->stop_signal.empty() ? settings_.stop_signal : seen->stop_signal);
}

Result<void> ComposePlace::kill(const Instance& instance) {
    const auto found = TRY(find(instance));
    if (!found || !found->is_running()) return {};
    const auto* at = TRY(engine());
    return at->signal(found->id, "SIGKILL");
}

Result<void> ComposePlace::clear(const Instance& instance) {
    const auto* at = TRY(engine());
    for (const auto& one : TRY(own()))
        if (of_label(one.labels, label("instance")) == name_of(instance)) TRY_VOID(at->remove(one.id));
    TRY_VOID(host_.remove_tree(ending_file(instance)));
    if (by_socket() && instance.serves()) return host_.remove_tree(socket_of(instance));
    return {};
}

Result<void> ComposePlace::end_prepares() {
    const auto* at = TRY(engine());
    for (const auto& one : TRY(own()))
        if (of_label(one.labels, label("role")) == role_of_prepare) TRY_VOID(at->remove(one.id));
    return {};
}

Result<void> ComposePlace::prepare(const ReleaseInfo& release) {
    auto info = TRY(world_.store.release(release.id)).value_or(release);
    if (info.prepared) return {};
    TRY_VOID(end_prepares()); // of a deployer that was killed
    const auto recipe = TRY(recipe_of(release.id));
    const auto* compose = TRY(cli());
    const auto service = service_of({.slot = "a"});
    const auto folder = sys::Path(settings_.state) / "slots" / role_of_prepare / "secrets";
    auto change = base_change(service, release, recipe);
    change.restart = "no";
    add_secrets(folder, change);
    for (const auto& [name, value] : {std::pair{"app", settings_.app}, std::pair{"environment", settings_.environment},
                                      std::pair{"role", std::string(role_of_prepare)}})
        change.labels[label(name)] = value;
    const auto model = TRY(changed_model(recipe.model.text, {change}));
    for (const auto& argv : settings_.prepare) {
        TRY_VOID(write_secrets(folder, recipe.images.at(service).user));
        const auto ran = compose->once(recipe.project, recipe.folder, model, service, argv, settings_.prepare_timeout);
        const auto ended = end_prepares(); // its container outlives `docker compose run`
        if (!ran.ok()) return ran.error();
        prepared_ = ran->out + ran->err;
        const auto command = one_line(join(argv, " "));
        if (ran->timed_out)
            return no(fmt::format("prepare '{}' was not done after {} and was ended; raise target.prepare_timeout if "
                                  "it may take longer",
                                  command, format_duration(settings_.prepare_timeout)));
        if (ran->status != 0) return no(fmt::format("prepare '{}' ended with status {}", command, ran->status));
        if (!ended.ok()) return ended.error();
    }
    TRY_VOID(host_.remove_tree(folder.parent_path()));
    info.prepared = true;
    return world_.store.write(info);
}

}
