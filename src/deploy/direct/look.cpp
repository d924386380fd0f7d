#include "base/text.h"
#include "base/url.h"
#include "deploy/address.h"
#include "deploy/direct/direct_place.h"
#include "deploy/direct/usage.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::deploy {

namespace {

using sys::FileType;

// Where our sockets are asked as if they were `url`: "http://host:port", with the path below which all of it lies.
std::string plain_origin(const std::string& url) {
    const auto parts = parse_url(url);
    return parts.ok() ? "http://" + parts->authority() + parts->path : "http://" + url.substr(0, url.find('/'));
}

}

Result<std::vector<Instance>> DirectPlace::all() const {
    std::vector<Instance> found{{.slot = "a"}, {.slot = "b"}};
    const auto folder = layout_.slot("a").parent_path();
    if (host_.inspect(folder).type != FileType::folder) return found;
    for (const auto& name : TRY(host_.list_folder(folder))) {
        const auto instance = instance_of(name);
        if (instance && std::find(found.begin(), found.end(), *instance) == found.end()) found.push_back(*instance);
    }
    return found;
}

Result<Seen> DirectPlace::observe() {
    Seen observed;
    for (const auto& instance : TRY(all())) {
        const auto name = name_of(instance);
        const auto link = host_.read_link(layout_.slot_release(name));
        const auto seen = TRY(keeper_->seen(name));
        observed[instance] = {seen.running, link.ok() ? sys::Path(link.value()).filename().string() : "", seen.alone,
                              seen.ending};
    }
    return observed;
}

Assignments DirectPlace::given(const std::string& slot) {
    const auto file = layout_.env(slot);
    const auto lines = parse_env(host_.read_file(file).value_or(""), file.string());
    return lines.ok() ? lines.value() : Assignments();
}

Result<bool> DirectPlace::same_settings(const std::string& slot, const ReleaseInfo& release) {
    if (slot.empty()) return false;
    for (const auto& instance : instances(slot)) {
        const auto name = name_of(instance);
        const auto launch = host_.read_file(layout_.launch(name));
        const auto env = host_.read_file(layout_.env(name));
        const bool same = launch.ok() && env.ok() && launch.value() == to_json(launch_of(instance, release.id)) &&
                          env.value() == env_of(instance, release);
        if (!same) return false;
    }
    return true;
}

std::vector<sys::ProcessId> DirectPlace::processes(const std::vector<Instance>& instances) {
    std::vector<sys::ProcessId> found;
    for (const auto& instance : instances) found.push_back(keeper_->main_process(name_of(instance)));
    std::erase_if(found, [](const sys::ProcessId& one) { return one.pid == 0; });
    return found;
}

Result<std::vector<Usage>> DirectPlace::resources() {
    std::vector<Usage> all;
    for (const auto& [instance, seen] : TRY(observe())) {
        if (seen.release.empty()) continue;
        const auto process = TRY(this->process(instance));
        Usage usage{.instance = instance,
                    .release = seen.release,
                    .state = process.running ? "running" : "ended",
                    .restarts = process.restarts};
        usage.processors = settings_.limits.cpus;
        usage.memory_limit = settings_.limits.memory;
        measure(keeper_->main_process(name_of(instance)), usage);
        all.push_back(std::move(usage));
    }
    return all;
}

Result<std::vector<std::string>> DirectPlace::present() {
    const bool looks =
        world_.store.ledger().passes_over(); // who acts has set a damaged record aside, and written it again
    std::vector<std::string> ids;
    for (const auto& id : TRY(world_.store.releases())) {
        const auto read = world_.store.release(id);
        const auto info = read.ok() ? read.value() : std::nullopt;
        if (info ? info->prepared && host_.inspect(layout_.release(id)).type == FileType::folder
                 : looks && shelf_.is_whole(id))
            ids.push_back(id);
    }
    const auto lost = looks ? TRY(shelf_.without_record()) : std::vector<std::string>();
    ids.insert(ids.end(), lost.begin(), lost.end());
    return ids;
}

Result<Launch> DirectPlace::started_as(const std::string& name) const {
    const auto text = TRY(host_.read_file(layout_.launch(name)));
    return parse_launch(text, layout_.launch(name).string());
}

// The one that the slot's process was given: target.user may have come or gone since.
sys::Path DirectPlace::socket_in_use(const Result<Launch>& launch, const std::string& name) const {
    const auto other = Layout{layout_.root, !layout_.apart}.socket(name);
    return launch.ok() && launch->socket == other.string() ? other : layout_.socket(name);
}

Result<std::string> DirectPlace::address(const Instance& instance) {
    const auto launch = started_as(name_of(instance));
    const int port = launch.ok() ? launch->port : port_of(instance);
    if (port != 0) return fmt::format("127.0.0.1:{}", port);
    return address_at(socket_in_use(launch, name_of(instance)));
}

// Where it is asked: past the alias of one that is reloaded.
Result<DirectPlace::Reached> DirectPlace::reached(const Instance& instance) {
    const auto at = TRY(address(instance));
    return Reached{at, behind_alias(host_, layout_, name_of(instance), socket_in(at))};
}

Result<bool> DirectPlace::listens(const Instance& instance) {
    const auto [at, socket] = TRY(reached(instance));
    return TRY(use_of(host_, socket.empty() ? at : address_at(socket))).listeners > 0;
}

Result<bool> DirectPlace::is_open(const Instance& instance) {
    constexpr unsigned of_group = 060;
    const auto socket = TRY(reached(instance)).socket;
    return socket.empty() || (host_.inspect(socket).mode & of_group) == of_group;
}

Result<sys::HttpResponse> DirectPlace::ask(const Instance& instance, Milliseconds limit) {
    const auto [at, socket] = TRY(reached(instance));
    const auto origin = socket.empty() ? "http://" + at : plain_origin(settings_.url);
    return world_.http.send({.url = origin + settings_.health.path,
                             .socket = socket.string(),
                             .headers = settings_.health.headers,
                             .timeout = std::min(settings_.health.timeout, limit),
                             .rest_of_deadline = limit < settings_.health.timeout,
                             .fresh_connection = true,
                             .through_stop = true});
}

}
