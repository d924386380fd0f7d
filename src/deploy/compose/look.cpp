#include "base/printable.h"
#include "base/text.h"
#include "base/url.h"
#include "deploy/address.h"
#include "deploy/compose/compose_place.h"
#include "deploy/last_lines.h"
#include "sys/http/sockets.h"
#include <algorithm>
#include <csignal>
#include <fmt/format.h>

namespace fairlead::deploy {

Result<std::vector<ListedContainer>> ComposePlace::own() {
    const auto* found = TRY(engine());
    return found->containers({own_labels("app"), own_labels("environment")});
}

Result<std::optional<ListedContainer>> ComposePlace::find(const Instance& instance) {
    std::optional<ListedContainer> best;
    for (auto& one : TRY(own())) {
        if (of_label(one.labels, label("instance")) != name_of(instance)) continue;
        if (!best || one.is_running()) best = std::move(one);
    }
    return best;
}

Result<std::optional<ContainerSeen>> ComposePlace::inspect(const Instance& instance) {
    const auto found = TRY(find(instance));
    if (!found) return std::optional<ContainerSeen>();
    const auto* at = TRY(engine());
    return at->inspect(found->id);
}

Result<std::vector<ListedContainer>> ComposePlace::of_project(const std::string& project) {
    const auto* found = TRY(engine());
    return found->containers({labelled(project_label, project), labelled(oneoff_label, "False")});
}

Result<std::vector<Instance>> ComposePlace::slots() {
    std::vector<Instance> found;
    const auto folder = sys::Path(settings_.state) / "slots";
    if (host_.inspect(folder).type != sys::FileType::folder) return found;
    for (const auto& name : TRY(host_.list_folder(folder)))
        if (auto instance = instance_of(name)) found.push_back(std::move(*instance));
    return found;
}

Result<void> ComposePlace::here() {
    const auto* at = TRY(engine());
    return at->here();
}

Result<Seen> ComposePlace::observe() {
    Seen seen;
    for (const auto& one : TRY(own())) {
        const auto instance = instance_of(of_label(one.labels, label("instance")));
        if (!instance || of_label(one.labels, label("role")) != role_of_release) continue;
        if (auto& known = seen[*instance]; !known.running)
            known = {.running = one.is_running(), .release = of_label(one.labels, label("release"))};
    }
    for (auto& [instance, known] : seen)
        if (known.running && host_.inspect(ending_file(instance)).type != sys::FileType::absent)
            known.ending = TRY(process(instance)).ending;
    for (const auto& instance : TRY(slots())) {
        const auto text = host_.read_file(launch_file(instance));
        const auto launch = text.ok() ? parse_recipe(text.value(), "launch.json") : Result<Recipe>(text.error());
        if (launch.ok()) seen.insert({instance, {.release = launch->release}});
    }
    return seen;
}

// Of our services, made by somebody's `docker compose up` since: what was there before our release is the user's to
// end.
Result<std::vector<Stray>> ComposePlace::strays() {
    std::vector<Stray> found;
    const auto state = TRY(world_.store.state());
    const auto recipe = recipe_of(state.current);
    if (state.current.empty() || !recipe.ok()) return found;
    std::vector<ListedContainer> others;
    for (auto& one : TRY(of_project(recipe->project)))
        if (!one.labels.contains(label("app")) && recipe->images.contains(of_label(one.labels, service_label)))
            others.push_back(std::move(one));
    if (others.empty()) return found;
    const auto history = TRY(world_.store.history());
    const auto* record = record_of(history, state);
    const auto since = record ? parse_utc(record->finished) : std::nullopt;
    for (const auto& one : others)
        if (since && std::chrono::seconds(one.created) > since->time_since_epoch()) found.push_back({one.name});
    return found;
}

Result<void> ComposePlace::end_stray(const std::string& name) {
    const auto* at = TRY(engine());
    for (const auto& one : TRY(at->containers({})))
        if (one.name == name && !one.labels.contains(label("app"))) TRY_VOID(at->remove(one.id));
    return {};
}

Result<std::optional<Usage>> ComposePlace::usage_of(const ListedContainer& one) {
    const auto* at = TRY(engine());
    const auto seen = TRY(at->inspect(one.id));
    const auto instance = instance_of(of_label(one.labels, label("instance")));
    if (!instance || !seen) return std::optional<Usage>();
    Usage usage{.instance = *instance,
                .release = of_label(one.labels, label("release")),
                .name = one.name,
                .state = seen->state,
                .health = seen->health,
                .restarts = seen->restarts,
                .processors = seen->processors,
                .memory_limit = seen->memory_limit};
    if (!seen->running) return std::optional(std::move(usage));
    if (seen->started) usage.age = std::max(Milliseconds{0}, world_.clock.now() - *seen->started);
    if (const auto stats = TRY(at->stats(one.id))) {
        usage.cpu = stats->cpu;
        usage.memory = stats->memory;
        usage.received = stats->received;
        usage.sent = stats->sent;
    }
    usage.at = std::chrono::duration_cast<Milliseconds>(world_.clock.steady().time_since_epoch());
    return std::optional(std::move(usage));
}

Result<std::vector<Usage>> ComposePlace::resources() {
    std::vector<Usage> all;
    for (const auto& one : TRY(own()))
        if (of_label(one.labels, label("role")) == role_of_release)
            if (auto usage = TRY(usage_of(one))) all.push_back(std::move(*usage));
    std::sort(all.begin(), all.end(), [](const Usage& a, const Usage& b) { return a.instance < b.instance; });
    return all;
}

namespace {

// Not by itself: the engine would have started it again, it was asked to signal it, or another one did by SIGTERM.
bool was_stopped(const Engine& at, const ContainerSeen& seen, SystemTime now) {
    const bool comes_back = seen.restart_policy == "always" || seen.restart_policy == "unless-stopped";
    return comes_back || seen.exit_status == 128 + SIGTERM ||
           at.was_signalled(seen.id, *seen.started, now).value_or(false);
}

}

Result<ProcessSeen> ComposePlace::process(const Instance& instance) {
    const auto seen = TRY(inspect(instance));
    if (!seen) return ProcessSeen{.by_another = host_.inspect(launch_file(instance)).type != sys::FileType::absent};
    const auto* at = TRY(engine());
    return ProcessSeen{.running = seen->running,
                       .restarts = seen->restarts,
                       .last_status = seen->exit_status,
                       .ending = seen->running && is_ending(instance, *seen),
                       .by_another = !seen->running && seen->started && was_stopped(*at, *seen, world_.clock.now())};
}

// Those that this host sees: an engine may count processes in a namespace of its own, where a number of ours is another
// process's. A container's control groups bear its id, whatever makes them.
std::vector<sys::ProcessId> ComposePlace::processes(const std::vector<Instance>& all) {
    std::vector<sys::ProcessId> found;
    for (const auto& instance : all) {
        const auto seen = inspect(instance);
        if (!seen.ok() || !seen.value() || !seen.value()->running) continue;
        const auto process = host_.identify(seen.value()->pid);
        const auto groups = host_.read_file(fmt::format("/proc/{}/cgroup", seen.value()->pid)).value_or("");
        if (process && groups.find(seen.value()->id) != groups.npos) found.push_back(*process);
    }
    return found;
}

// The router's way. A container's own address is another's after a reboot; a port of the host stays what it is.
Result<std::string> ComposePlace::address(const Instance& instance) {
    if (by_socket()) return address_at(socket_of(instance));
    const auto seen = TRY(inspect(instance));
    if (!seen) return no(fmt::format("the container of {} is gone", name_of(instance)));
    const auto found = TRY(find(instance));
    const auto recipe = TRY(recipe_of(of_label(found ? found->labels : Labels(), label("release"))));
    if (const auto published = seen->published.find(recipe.port); published != seen->published.end())
        return published->second;
    const auto* at = TRY(engine());
    for (const auto& [network, ip] : seen->addresses)
        if (at->network_driver(network).value_or("") == "bridge") return fmt::format("{}:{}", ip, recipe.port);
    if (const auto* service = recipe.model.find(service_of(instance));
        service != nullptr && service->network_mode == "host")
        return fmt::format("127.0.0.1:{}", recipe.port);
    return could_not(fmt::format("container {} is not in a network that this host can reach", seen->name));
}

Result<bool> ComposePlace::listens(const Instance& instance) {
    if (!TRY(process(instance)).running) return false;
    return !by_socket() || !instance.serves() || sys::open_socket(socket_of(instance));
}

Result<sys::HttpResponse> ComposePlace::ask(const Instance& instance, Milliseconds limit) {
    const auto seen = TRY(inspect(instance));
    const auto failed = [](std::string reason) {
        return sys::HttpResponse{.failure = sys::HttpFailure::refused, .reason = std::move(reason)};
    };
    if (!seen || !seen->running) return failed("its container does not run");
    if (!seen->health.empty() && seen->health != "healthy")
        return failed(fmt::format("its health check is {}{}", seen->health,
                                  seen->health_said.empty() ? "" : ": " + one_line(trim(seen->health_said))));
    if (!instance.serves()) return sys::HttpResponse{.status = settings_.health.lowest};
    const auto where = TRY(address(instance));
    const auto url = parse_url(settings_.url);
    const auto authority = url.ok() ? url->authority() : std::string("localhost");
    sys::HttpRequest request{.url = "http://" + (by_socket() ? authority : where) + settings_.health.path,
                             .timeout = std::min(settings_.health.timeout, limit),
                             .rest_of_deadline = limit < settings_.health.timeout,
                             .fresh_connection = true,
                             .through_stop = true};
    if (by_socket()) {
        request.socket = socket_of(instance);
        sys::open_socket(request.socket);
    } else {
        request.headers = {{"Host", authority}};
    }
    return world_.http.send(request);
}

std::string ComposePlace::log(const Instance& instance, std::size_t lines) {
    const auto seen = inspect(instance);
    if (!seen.ok() || !seen.value()) return {};
    const auto& one = *seen.value();
    const auto log = engine_->log(one.id, static_cast<int>(std::min<std::size_t>(lines, 100'000)), one.has_terminal);
    auto text = log.ok() ? log.value() : std::string();
    if (one.out_of_memory) text += "\n[the kernel ended it: out of memory]";
    if (!one.error.empty()) text += "\n[the engine: " + one.error + "]";
    return last_lines_of(text, lines);
}

std::string ComposePlace::prepare_lines(std::size_t lines) { return last_lines_of(prepared_, lines); }

Result<std::string> ComposePlace::drift(const std::string& release) {
    const auto recipe = TRY(recipe_of(release));
    const auto state = TRY(world_.store.state());
    std::vector<std::string> found;
    for (const auto& instance : state.slot.empty() ? std::vector<Instance>() : instances(state.slot)) {
        const auto one = TRY(find(instance));
        const auto used = recipe.images.find(service_of(instance));
        if (!one)
            found.push_back(fmt::format("the container of {} is gone", name_of(instance)));
        else if (used != recipe.images.end() && one->image != used->second.id)
            found.push_back(fmt::format("container {} runs image {}, not {}", one->name, one->image, used->second.id));
    }
    for (const auto& one : TRY(of_project(recipe.project))) {
        const auto service = of_label(one.labels, service_label);
        if (!one.labels.contains(label("app")) && one.is_running() && recipe.images.contains(service))
            found.push_back(fmt::format("container {} of service {} was started by somebody else", one.name, service));
    }
    return join(found, "; ");
}

}
