#include "deploy/compose/engine.h"
#include "base/printable.h"
#include "base/text.h"
#include "deploy/compose/json.h"
#include "deploy/record/texts.h"
#include "sys/data/json.h"
#include "sys/files/files.h"
#include <algorithm>
#include <charconv>
#include <fmt/format.h>

namespace fairlead::deploy {

namespace {

using sys::Json;
using sys::text_of;

int number_of(const Json& value, std::string_view key) {
    const auto& one = member(value, key);
    return one.is_number_integer() ? static_cast<int>(one.get<std::int64_t>()) : 0;
}

std::uint64_t count_of(const Json& value, std::string_view key) {
    const auto& one = member(value, key);
    return one.is_number_unsigned() ? one.get<std::uint64_t>() : 0;
}

std::vector<std::string> keys_of(const Json& map) {
    std::vector<std::string> keys;
    if (map.is_object())
        for (const auto& [key, value] : map.items()) keys.push_back(key);
    return keys;
}

Labels labels_of(const Json& map) {
    Labels labels;
    if (map.is_object())
        for (const auto& [key, value] : map.items())
            if (value.is_string()) labels[key] = value.get<std::string>();
    return labels;
}

// "8000/tcp"; nothing: UDP, or no port.
std::optional<int> tcp_port(std::string_view text) {
    if (!text.ends_with("/tcp")) return std::nullopt;
    text.remove_suffix(4);
    const auto port = parse_integer(text);
    if (!port.ok() || port.value() < 1 || port.value() > 65535) return std::nullopt;
    return static_cast<int>(port.value());
}

std::vector<int> ports_of(const Json& map) {
    std::vector<int> ports;
    for (const auto& key : keys_of(map))
        if (const auto port = tcp_port(key)) ports.push_back(*port);
    std::sort(ports.begin(), ports.end());
    return ports;
}

std::map<int, std::string> published_of(const Json& bindings) {
    std::map<int, std::string> published;
    if (!bindings.is_object()) return published;
    for (const auto& [key, value] : bindings.items()) {
        const auto port = tcp_port(key);
        if (!port || !value.is_array()) continue;
        for (const auto& one : value) // one that the engine chooses anew at each start is no address
            if (const auto number = text_of(one, "HostPort"); !number.empty() && number != "0")
                published[*port] = fmt::format("{}:{}", text_of(one, "HostIp"), number);
    }
    return published;
}

std::string last_health(const Json& health) {
    const auto& log = member(health, "Log");
    return log.is_array() && !log.empty() ? text_of(log.back(), "Output") : std::string();
}

Error unlike(std::string_view what) { return no(fmt::format("the engine's answer is not a {}", what)); }

std::string without_slash(std::string name) {
    if (name.starts_with('/')) name.erase(0, 1);
    return name;
}

}

Result<std::vector<ListedContainer>> parse_containers(std::string_view text) {
    const auto list = TRY(sys::parse_json(text, "the engine's list of containers"));
    if (!list.is_array()) return unlike("list of containers");
    std::vector<ListedContainer> containers;
    for (const auto& one : list) {
        ListedContainer container{.id = text_of(one, "Id"),
                                  .image = text_of(one, "ImageID"),
                                  .state = text_of(one, "State"),
                                  .labels = labels_of(member(one, "Labels")),
                                  .created = static_cast<std::int64_t>(count_of(one, "Created"))};
        if (container.id.empty()) return unlike("list of containers");
        if (const auto names = texts_of(one, "Names"); !names.empty()) container.name = without_slash(names[0]);
        containers.push_back(std::move(container));
    }
    return containers;
}

Result<ContainerSeen> parse_container(std::string_view text) {
    const auto value = TRY(sys::parse_json(text, "the engine's answer"));
    const auto& state = member(value, "State");
    const auto& config = member(value, "Config");
    const auto& host = member(value, "HostConfig");
    const auto& health = member(state, "Health");
    if (text_of(value, "Id").empty() || !state.is_object()) return unlike("container");
    ContainerSeen seen{.id = text_of(value, "Id"),
                       .name = without_slash(text_of(value, "Name")),
                       .image = text_of(value, "Image"),
                       .running = is_set(state, "Running"),
                       .restarting = is_set(state, "Restarting"),
                       .out_of_memory = is_set(state, "OOMKilled"),
                       .exit_status = number_of(state, "ExitCode"),
                       .restarts = number_of(value, "RestartCount"),
                       .pid = number_of(state, "Pid"),
                       .health = text_of(health, "Status"),
                       .health_said = last_health(health),
                       .stop_signal = text_of(config, "StopSignal"),
                       .user = text_of(config, "User"),
                       .restart_policy = text_of(member(host, "RestartPolicy"), "Name"),
                       .published = published_of(member(host, "PortBindings")),
                       .exposed = ports_of(member(config, "ExposedPorts")),
                       .error = text_of(state, "Error"),
                       .has_terminal = is_set(config, "Tty"),
                       .state = text_of(state, "Status"),
                       .processors = static_cast<double>(count_of(host, "NanoCpus")) / 1e9,
                       .memory_limit = count_of(host, "Memory")};
    if (const auto started = parse_utc(text_of(state, "StartedAt")); started && started->time_since_epoch().count() > 0)
        seen.started = *started; // year 1: never
    if (seen.health == "none") seen.health.clear();
    const auto& networks = member(member(value, "NetworkSettings"), "Networks");
    for (const auto& name : keys_of(networks))
        if (auto address = text_of(networks[name], "IPAddress"); !address.empty())
            seen.addresses.emplace_back(name, std::move(address));
    std::sort(seen.addresses.begin(), seen.addresses.end());
    return seen;
}

Result<ImageSeen> parse_image(std::string_view text) {
    const auto value = TRY(sys::parse_json(text, "the engine's answer"));
    const auto& config = member(value, "Config");
    if (text_of(value, "Id").empty()) return unlike("image");
    const auto& check = member(config, "Healthcheck");
    ImageSeen seen{.id = text_of(value, "Id"),
                   .user = text_of(config, "User"),
                   .digests = texts_of(value, "RepoDigests"),
                   .tags = texts_of(value, "RepoTags"),
                   .exposed = ports_of(member(config, "ExposedPorts")),
                   .start = texts_of(config, "Entrypoint"),
                   .volumes = keys_of(member(config, "Volumes")),
                   .health = texts_of(check, "Test")};
    if (const auto& interval = member(check, "Interval"); interval.is_number_integer())
        seen.health_interval = Milliseconds{interval.get<std::int64_t>() / 1'000'000};
    for (auto& word : texts_of(config, "Cmd")) seen.start.push_back(std::move(word));
    return seen;
}

Result<ContainerStats> parse_stats(std::string_view text) {
    const auto value = TRY(sys::parse_json(text, "the engine's answer"));
    const auto& memory = member(value, "memory_stats");
    if (!memory.is_object()) return unlike("statistics");
    constexpr std::uint64_t nanoseconds = 1'000'000;
    const auto& cpu = member(member(value, "cpu_stats"), "cpu_usage");
    const auto& parts = member(memory, "stats");
    // cgroup version 1 counts children by total_, version 2 has no such name.
    const auto reclaimed =
        count_of(parts, parts.contains("total_inactive_file") ? "total_inactive_file" : "inactive_file");
    ContainerStats stats{.cpu = Milliseconds{static_cast<std::int64_t>(count_of(cpu, "total_usage") / nanoseconds)},
                         .memory = count_of(memory, "usage")};
    stats.memory -= std::min(stats.memory, reclaimed);
    const auto& networks = member(value, "networks");
    for (const auto& name : keys_of(networks)) {
        stats.received = stats.received.value_or(0) + count_of(networks[name], "rx_bytes");
        stats.sent = stats.sent.value_or(0) + count_of(networks[name], "tx_bytes");
    }
    return stats;
}

std::string decode_log(std::string_view stream) {
    constexpr std::size_t header = 8;
    std::string text;
    while (stream.size() >= header) {
        std::size_t length = 0;
        for (std::size_t i = 4; i < header; ++i) length = length << 8 | static_cast<unsigned char>(stream[i]);
        stream.remove_prefix(header);
        text += stream.substr(0, length);
        stream.remove_prefix(std::min(length, stream.size()));
    }
    return text;
}

Result<std::vector<std::string>> engine_sockets(const sys::Environment& process) {
    constexpr std::string_view unix_scheme = "unix://";
    if (const auto host = process.get("DOCKER_HOST")) {
        if (host->starts_with(unix_scheme)) return std::vector{host->substr(unix_scheme.size())};
        return usage(fmt::format("DOCKER_HOST is '{}'; fairlead-deploy does not deploy to an engine on another host; "
                                 "unset DOCKER_HOST, or name a socket, such as unix:///var/run/docker.sock",
                                 one_line(*host)));
    }
    std::vector<std::string> sockets = {"/var/run/docker.sock"};
    if (const auto folder = process.get("XDG_RUNTIME_DIR")) sockets.push_back(*folder + "/docker.sock");
    return sockets;
}

Result<Engine> Engine::find(sys::Http& http, const sys::Environment& process) {
    std::vector<std::string> reasons;
    for (const auto& socket : TRY(engine_sockets(process))) {
        Engine engine(http, socket);
        if (sys::inspect(socket).type == sys::FileType::absent) {
            reasons.push_back(fmt::format("'{}' is not there", socket));
            continue;
        }
        const auto answer = engine.send("GET", "/_ping");
        if (answer.ok() && answer->status == 200) return engine;
        reasons.push_back(answer.ok() ? fmt::format("'{}' answers {}", socket, answer->status)
                                      : answer.error().message);
    }
    return could_not(fmt::format("no Docker engine answers: {}; start it (systemctl start docker), join the group "
                                 "docker, or set DOCKER_HOST to its unix:// socket",
                                 join(reasons, ", ")));
}

Result<sys::HttpResponse> Engine::send(const std::string& method, const std::string& path, Milliseconds timeout) const {
    auto answer = TRY(http_.send({.method = method,
                                  .url = "http://docker" + path,
                                  .socket = socket_,
                                  .timeout = timeout,
                                  .body_limit = 32u << 20}));
    if (answer.failure != sys::HttpFailure::none)
        return could_not(fmt::format("the Docker engine at '{}' does not answer: {}", socket_, answer.reason));
    return answer;
}

Result<sys::HttpResponse> Engine::expect(const std::string& method, const std::string& path,
                                         std::initializer_list<int> fine) const {
    auto answer = TRY(send(method, path, Milliseconds{60000}));
    if (std::find(fine.begin(), fine.end(), answer.status) != fine.end()) return answer;
    const auto body = sys::parse_json(answer.body, "answer");
    const auto said = body.ok() ? text_of(body.value(), "message") : std::string();
    return could_not(fmt::format("the Docker engine answers {} to {} {}: {}", answer.status, method,
                                 path.substr(0, path.find('?')), one_line(said)));
}

Result<void> Engine::here() const {
    TRY_VOID(expect("GET", "/_ping", {200}));
    return {};
}

Result<Engine::About> Engine::about() const {
    const auto answer = TRY(expect("GET", "/info", {200}));
    const auto value = TRY(sys::parse_json(answer.body, "the engine's answer"));
    const auto options = texts_of(value, "SecurityOptions");
    return About{.rootless = std::find(options.begin(), options.end(), "name=rootless") != options.end(),
                 .system = text_of(value, "OperatingSystem")};
}

Result<std::vector<ListedContainer>> Engine::containers(const std::vector<std::string>& labels) const {
    const auto filters = sys::dump_json(Json{{"label", labels}});
    const auto answer = TRY(expect("GET", "/containers/json?all=1&filters=" + percent_encode(filters), {200}));
    return parse_containers(answer.body);
}

Result<std::optional<ContainerSeen>> Engine::inspect(const std::string& id) const {
    const auto answer = TRY(expect("GET", "/containers/" + percent_encode(id) + "/json", {200, 404}));
    if (answer.status == 404) return std::optional<ContainerSeen>();
    auto seen = TRY(parse_container(answer.body));
    return std::optional(std::move(seen));
}

Result<std::optional<ContainerStats>> Engine::stats(const std::string& id) const {
    const auto path = "/containers/" + percent_encode(id) + "/stats?stream=false&one-shot=true";
    const auto answer = TRY(expect("GET", path, {200, 404}));
    if (answer.status == 404) return std::optional<ContainerStats>();
    auto stats = TRY(parse_stats(answer.body));
    return std::optional(stats);
}

Result<std::optional<ImageSeen>> Engine::image(const std::string& reference) const {
    const auto answer = TRY(expect("GET", "/images/" + percent_encode(reference) + "/json", {200, 404}));
    if (answer.status == 404) return std::optional<ImageSeen>();
    auto seen = TRY(parse_image(answer.body));
    return std::optional(std::move(seen));
}

// "Monitor events": an end of its own brings no event "kill".
Result<bool> Engine::was_signalled(const std::string& id, SystemTime since, SystemTime until) const {
    const auto filters = sys::dump_json(Json{{"container", Json::array({id})}, {"event", Json::array({"kill"})}});
    const auto told = [](SystemTime time) {
        const auto count = time.time_since_epoch().count();
        return fmt::format("{}.{:03}", count / 1000, count % 1000);
    };
    const auto path =
        fmt::format("/events?since={}&until={}&filters={}", told(since), told(until), percent_encode(filters));
    const auto answer = TRY(expect("GET", path, {200}));
    return !trim(answer.body).empty();
}

Result<std::string> Engine::network_driver(const std::string& name) const {
    const auto answer = TRY(expect("GET", "/networks/" + percent_encode(name), {200, 404}));
    if (answer.status == 404) return std::string();
    const auto value = TRY(sys::parse_json(answer.body, "the engine's answer"));
    return text_of(value, "Driver");
}

Result<void> Engine::start(const std::string& id) const {
    TRY_VOID(expect("POST", "/containers/" + percent_encode(id) + "/start", {204, 304}));
    return {};
}

Result<void> Engine::signal(const std::string& id, const std::string& name) const {
    TRY_VOID(expect("POST", fmt::format("/containers/{}/kill?signal={}", percent_encode(id), percent_encode(name)),
                    {204, 404, 409}));
    return {};
}

Result<void> Engine::remove(const std::string& id) const {
    TRY_VOID(expect("DELETE", "/containers/" + percent_encode(id) + "?force=1", {204, 404, 409}));
    return {};
}

Result<void> Engine::remove_image(const std::string& name) const {
    TRY_VOID(expect("DELETE", "/images/" + percent_encode(name), {200, 404, 409}));
    return {};
}

Result<void> Engine::tag(const std::string& image, const std::string& repository, const std::string& tag) const {
    TRY_VOID(expect("POST",
                    fmt::format("/images/{}/tag?repo={}&tag={}", percent_encode(image), percent_encode(repository),
                                percent_encode(tag)),
                    {201}));
    return {};
}

Result<std::string> Engine::log(const std::string& id, int lines, bool has_terminal) const {
    const auto answer = TRY(expect(
        "GET", fmt::format("/containers/{}/logs?stdout=1&stderr=1&tail={}", percent_encode(id), lines), {200, 404}));
    if (answer.status == 404) return std::string();
    return has_terminal ? answer.body : decode_log(answer.body);
}

}
