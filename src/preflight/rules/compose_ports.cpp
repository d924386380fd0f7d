#include "base/text.h"
#include "preflight/parts/compose_parts.h"
#include "preflight/rules/groups.h"
#include <algorithm>
#include <fmt/format.h>
#include <set>

// What a project publishes.
namespace fairlead::preflight {

namespace {

using namespace compose;
using read::ComposePort;

struct PortRange {
    int first = 0, last = -1;
    int count() const { return last - first + 1; }
};

// Of "8080" or "8000-8010"; none of an empty one.
PortRange range_of(std::string_view text) {
    const auto dash = text.find('-');
    const auto first = parse_integer(text.substr(0, dash));
    const auto last = dash == text.npos ? first : parse_integer(text.substr(dash + 1));
    if (!first.ok() || !last.ok() || first.value() < 1 || last.value() > 65535) return {};
    return {static_cast<int>(first.value()), static_cast<int>(last.value())};
}

// The ports of a service, of a written range the first one only.
std::vector<const ComposePort*> written_ports(const ComposeService& service) {
    std::vector<const ComposePort*> result;
    std::set<std::tuple<int, int, int>> seen;
    for (const auto& port : service.ports)
        if (seen.insert({port.place.file, port.place.line, port.place.column}).second) result.push_back(&port);
    return result;
}

bool is_loopback_address(std::string_view address) {
    return address == "localhost" || address.starts_with("localhost:") || address == "::1" || address == "127.0.0.1" ||
           address.starts_with("127.0.0.1:");
}

// uvicorn main:app --host 127.0.0.1
void compose_bind_loopback(const Compose& compose, const Project&, Hits& hits) {
    constexpr std::string_view servers[] = {"uvicorn", "gunicorn", "hypercorn", "daphne", "flask", "waitress-serve"};
    for (const auto& service : compose.read->services) {
        const auto* const mode = value_of(service, "network_mode");
        if (mode != nullptr && !mode->text.empty() && mode->text != "bridge")
            continue; // the host's, another container's
        std::string server;
        const auto& words = service.command.empty() ? service.entrypoint : service.command;
        for (std::size_t at = 0; at < words.size(); ++at) {
            const std::string_view word = words[at], name = word.substr(word.rfind('/') + 1);
            if (server.empty() && std::find(std::begin(servers), std::end(servers), name) != std::end(servers))
                server = name;
            const auto equals = word.find('=');
            const std::string_view option = word.substr(0, equals);
            if (server.empty() || (option != "--host" && option != "--bind" && option != "-b" && option != "-h"))
                continue;
            const std::string_view next = at + 1 < words.size() ? std::string_view(words[at + 1]) : std::string_view();
            const std::string_view value = equals == word.npos ? next : word.substr(equals + 1);
            if (!is_loopback_address(value)) continue;
            const auto* const place = value_of(service, service.command.empty() ? "entrypoint" : "command");
            add(hits, compose, service, place == nullptr ? service.place : place->place,
                fmt::format("{} of {} listens on {}; nothing outside of the container can reach it; listen on 0.0.0.0",
                            server, short_word(service.name), short_word(value)));
            break;
        }
    }
}

std::string shown_port(const ComposePort& port) { return port.published.empty() ? port.target : port.published; }

bool any_address(std::string_view ip) { return ip.empty() || ip == "0.0.0.0" || ip == "::" || ip == "[::]"; }

class Taken {
  public:
    // The service that has one of these ports at that address already; empty: none.
    std::string take(const ComposePort& port, const PortRange& range, const std::string& service) {
        std::string other;
        for (int number = range.first; number <= range.last && left_ > 0; ++number, --left_) {
            auto& owners = ports_[{port.protocol, number}];
            for (const auto& [ip, owner] : owners)
                if (other.empty() && (ip == port.host_ip || any_address(ip) || any_address(port.host_ip)))
                    other = owner;
            if (owners.size() < 8) owners.emplace_back(port.host_ip, service);
        }
        return other;
    }

  private:
    std::map<std::pair<std::string, int>, std::vector<std::pair<std::string, std::string>>> ports_;
    int left_ = 300'000;
};

void port_clash(const Compose& compose, const Project&, Hits& hits) {
    Taken taken;
    std::set<std::tuple<int, int, int>> told;
    for (const auto& service : compose.read->services) {
        const auto* const network = value_of(service, "network_mode"); // on the host's network `ports` has no effect
        if (!service.active || (network != nullptr && network->text == "host")) continue;
        for (const auto& port : service.ports) {
            const PortRange range = range_of(port.published);
            const std::string other = taken.take(port, range, service.name);
            if (other.empty() || !told.insert({port.place.file, port.place.line, port.place.column}).second) continue;
            Hit& hit = add(
                hits, compose, service, port.place,
                fmt::format("{} publishes {}; {} already has that port of the host; give one of the two another port",
                            short_word(service.name), shown_port(port), short_word(other)));
            if (range.count() > 1) hit.level = Level::warning; // Docker may find a free one
        }
    }
}

// ---- who may reach them

void port_unbound(const Compose& compose, const Project&, Hits& hits) {
    for (const auto& service : compose.read->services)
        for (const auto* port : written_ports(service))
            if (port->host_ip.empty())
                add(hits, compose, service, port->place,
                    fmt::format("{} publishes {} without an address; every network of the host can reach it; write "
                                "127.0.0.1:{}:{}",
                                short_word(service.name), shown_port(*port), shown_port(*port), port->target));
}

// yaml.org/type/int.html, "sexagesimal": each part behind a colon is at most 59.
bool is_of_base_60(std::string_view written) {
    const auto parts = split(written, ':');
    return std::all_of(parts.begin() + 1, parts.end(), [](const std::string& part) {
        return !part.empty() && part.size() < 3 && (part.size() == 1 || part[0] < '6');
    });
}

void port_unquoted(const Compose& compose, const Project& project, Hits& hits) {
    Texts texts(compose, project);
    for (const auto& service : compose.read->services) {
        const auto* const list = value_of(service, "ports");
        if (list == nullptr) continue;
        std::set<std::tuple<int, int, int>> told;
        for (const auto& item : list->items) {
            const std::string written(item.as_written());
            if (!item.short_form || item.quoted || item.interpolated || written.find(':') == std::string::npos ||
                written.find_first_not_of("0123456789:") != std::string::npos ||
                !told.insert({item.place.file, item.place.line, item.place.column}).second)
                continue;
            Hit& hit = add(hits, compose, service, item.place,
                           fmt::format("port {} has no quotes; YAML 1.1 may read 22:22 as a number; write \"{}\"",
                                       written, written));
            if (auto edit = texts.instead(item.place, written, '"' + written + '"')) hit.edits = {*edit};
            if (!is_of_base_60(written)) hit.level = Level::info; // a habit: this one nobody reads otherwise
        }
    }
}

bool is_database_port(std::string_view port) {
    constexpr std::string_view ports[] = {"5432", "3306", "27017", "6379", "11211", "9200", "5672"};
    return std::find(std::begin(ports), std::end(ports), port) != std::end(ports);
}

// Built here, and nothing but the port's number speaks for a database: no name, no variable that its image reads.
bool may_be_application(const ComposeService& service) {
    constexpr std::string_view variables[] = {"POSTGRES_", "MYSQL_ROOT", "MARIADB_ROOT", "MONGO_INITDB", "RABBITMQ_"};
    return service.build &&
           !has_any(lower(service.name), {"db", "sql", "postgres", "mongo", "maria", "redis", "data", "cache",
                                          "elastic", "rabbit", "queue", "broker", "store"}) &&
           std::none_of(service.environment.begin(), service.environment.end(), [&](const auto& one) {
               return std::any_of(std::begin(variables), std::end(variables),
                                  [&](std::string_view start) { return one.name.starts_with(start); });
           });
}

// RFC 1918, RFC 6598 (Tailscale) and RFC 4193: no address of the internet.
bool is_of_private_network(std::string_view ip) {
    if (ip.starts_with('[')) ip.remove_prefix(1);
    if (ip.find(':') != ip.npos) return lower(ip).starts_with("fd");
    const auto parts = split(ip, '.');
    if (parts.size() != 4) return false;
    const auto second = parse_integer(parts[1]).value_or(-1);
    return parts[0] == "10" || (parts[0] == "192" && second == 168) ||
           (parts[0] == "172" && second >= 16 && second <= 31) || (parts[0] == "100" && second >= 64 && second <= 127);
}

// With the host's network a database listens wherever the host has an address, unless its command says otherwise.
void host_network(const Compose& compose, const ComposeService& service, const Database& database, Hits& hits) {
    const auto* const mode = value_of(service, "network_mode");
    if (mode == nullptr || mode->text != "host" || database.port.empty()) return;
    if (has_any(join(service.command, " "), {"127.0.0.1", "localhost", "listen_addresses=''"})) return;
    const auto* const unless = mounts_settings(service) ? ", unless its settings bind it" : "";
    Hit& hit = add(hits, compose, service, mode->place,
                   fmt::format("{} has the host's network; {} is open on every address{}; take network_mode out, or "
                               "bind it to 127.0.0.1",
                               short_word(service.name), database.port, unless));
    if (*unless != '\0') hit.level = Level::warning;
    set_cause_of_port(hit);
}

void db_port_public(const Compose& compose, const Project& project, Hits& hits) {
    Texts texts(compose, project);
    for (const auto& service : compose.read->services) {
        const auto* const database = database_of(service);
        if (database != nullptr) host_network(compose, service, *database, hits);
        // compose-port-internal tells the first; of the second nothing listens: `command: mkdir -p /data`.
        if (is_only_internal(compose, service) || (database == nullptr && database_in_image(service) != nullptr))
            continue;
        for (const auto* port : written_ports(service)) {
            if (is_local(port->host_ip) || !(database != nullptr || is_database_port(port->target))) continue;
            const std::string where = any_address(port->host_ip) ? "every address" : port->host_ip;
            Hit& hit =
                add(hits, compose, service, port->place,
                    fmt::format("{} publishes {} on {}; the database is open to the network; use "
                                "127.0.0.1:{}:{} or expose",
                                short_word(service.name), shown_port(*port), where, shown_port(*port), port->target));
            set_cause_of_port(hit);
            if (database == nullptr && may_be_application(service)) hit.level = Level::warning;
            if (is_of_private_network(port->host_ip)) {
                hit.level = std::min(hit.level.value_or(Level::warning), Level::warning);
                hit.message =
                    fmt::format("{} publishes {} on {}; anyone in that private network reaches the "
                                "database; use 127.0.0.1:{}:{}, if nobody there needs it",
                                short_word(service.name), shown_port(*port), where, shown_port(*port), port->target);
            }
            if (port->written.empty() || !any_address(port->host_ip) || port->published.empty()) continue;
            const auto colon = port->host_ip.empty() ? 0 : port->written.rfind(':', port->written.rfind(':') - 1) + 1;
            const std::string bound = "\"127.0.0.1:" + port->written.substr(colon) + '"';
            for (const std::string quote : {"\"", "'", ""})
                if (auto edit = texts.instead(port->place, quote + port->written + quote, bound)) {
                    hit.edits = {*edit};
                    break;
                }
        }
    }
}

void port_internal(const Compose& compose, const Project&, Hits& hits) {
    for (const auto& service : compose.read->services)
        if (is_only_internal(compose, service))
            for (const auto* port : written_ports(service))
                add(hits, compose, service, port->place,
                    fmt::format("{} publishes {}, but all its networks are internal; Docker opens no port of it; "
                                "remove ports, or add a network",
                                short_word(service.name), shown_port(*port)));
}

// Tools that ask nobody for a password, each with its port.
struct OpenTool {
    std::string_view image, port;
};
constexpr OpenTool open_tools[] = {{"prometheus", "9090"},   {"alertmanager", "9093"},   {"loki", "3100"},
                                   {"tempo", "3200"},        {"jaeger", "16686"},        {"all-in-one", "16686"},
                                   {"redisinsight", "8001"}, {"redisinsight", "5540"},   {"node-exporter", "9100"},
                                   {"cadvisor", "8080"},     {"redis-commander", "8081"}};

bool is_open_tool(const ComposeService& service, const ComposePort& port) {
    const auto name = image_parts(service.image).name;
    return !service.build && std::any_of(std::begin(open_tools), std::end(open_tools), [&](const OpenTool& one) {
        return one.image == name && one.port == port.target;
    });
}

void tool_ports_public(const Compose& compose, Hits& hits) {
    for (const auto& service : compose.read->services) {
        const bool has_settings = has_any(join(service.command, " "), {"--web.config.file"}); // with a password
        if (has_settings || is_only_internal(compose, service)) continue;
        for (const auto* port : written_ports(service))
            if (is_open_tool(service, *port) && any_address(port->host_ip))
                add(hits, compose, service, port->place,
                    fmt::format("{} publishes {} on every address and has no log-in; anyone can read its data; use "
                                "127.0.0.1:{}:{} or expose",
                                short_word(service.name), shown_port(*port), shown_port(*port), port->target));
    }
}

void app_port_public(const Compose& compose, const Project&, Hits& hits) {
    tool_ports_public(compose, hits);
    const auto& services = compose.read->services;
    const auto proxy = std::find_if(services.begin(), services.end(),
                                    [](const auto& service) { return is_proxy(service) && !service.ports.empty(); });
    if (proxy == services.end()) return;
    for (const auto& service : services) {
        if (is_proxy(service) || database_of(service) != nullptr || is_only_internal(compose, service)) continue;
        for (const auto* port : written_ports(service))
            if (!is_local(port->host_ip) && !is_database_port(port->target) && !is_open_tool(service, *port))
                add(hits, compose, service, port->place,
                    fmt::format(
                        "{} publishes {} next to {}; visitors can bypass the proxy; use expose or 127.0.0.1:{}:{}",
                        short_word(service.name), shown_port(*port), short_word(proxy->name), shown_port(*port),
                        port->target));
    }
}

void compose_privileged_port(const Compose& compose, const Project&, Hits& hits) {
    for (const auto& service : compose.read->services) {
        if (is_proxy(service)) continue;
        for (const auto* port : written_ports(service))
            if (const PortRange range = range_of(port->published); range.count() > 0 && range.first < 1024)
                add(hits, compose, service, port->place,
                    fmt::format("{} publishes {}, a port below 1024; such ports belong to the system; put a proxy "
                                "there or use a higher port",
                                short_word(service.name), shown_port(*port)));
    }
}

// ---- several containers of one service

std::int64_t replicas(const ComposeService& service) {
    for (const std::string_view key : {"scale", "deploy.replicas"})
        if (const auto number = parse_integer(service.text(key)); number.ok()) return number.value();
    return 1;
}

void scale_conflict(const Compose& compose, const Project& project, Hits& hits) {
    if (project.stacks.contains(compose.files.front())) return; // Swarm names containers, and its mesh shares ports
    for (const auto& service : compose.read->services) {
        const auto count = replicas(service);
        if (count < 2) continue;
        if (const auto* const name = value_of(service, "container_name"))
            add(hits, compose, service, name->place,
                fmt::format("{} has a container_name and {} replicas; the second replica can't have the same name; "
                            "remove the name",
                            short_word(service.name), count));
        for (const auto* port : written_ports(service))
            if (const PortRange range = range_of(port->published); range.count() > 0 && range.count() < count)
                add(hits, compose, service, port->place,
                    fmt::format(
                        "{} publishes {} for {} replicas; only one replica can have it; use expose behind a proxy",
                        short_word(service.name), shown_port(*port), count));
    }
}

void container_name(const Compose& compose, const Project&, Hits& hits) {
    for (const auto& service : compose.read->services)
        if (const auto* const name = value_of(service, "container_name")) {
            const bool several = replicas(service) > 1;
            Hit& hit =
                add(hits, compose, service, name->place,
                    fmt::format("{} has a container_name; it can't {}; let compose name it", short_word(service.name),
                                several ? "have replicas" : "be replaced while it runs"));
            if (several && service.active) hit.level = Level::warning;
        }
}

}

std::span<const Rule> compose_ports_rules() {
    static const Rule rows[] = {
        {.id = "compose-port-clash",
         .title = "Two services publish the same port",
         .levels = always(Level::error),
         .check = port_clash,
         .why = "Docker gives a port of the host to one container, and the other container doesn't start. 0.0.0.0 "
                "means all addresses, so it clashes with each single address.",
         .way_out = "ports: [\"127.0.0.1:8081:8080\"]",
         .peers = {"no-duplicate-exported-ports"},
         .refs = {"S4-13"}},
        {.id = "compose-scale-conflict",
         .title = "A service with replicas has a name or a port that only one container can have",
         .levels = always(Level::error),
         .check = scale_conflict,
         .why = "A port of the host and a container's name can exist only once; the second container doesn't start.",
         .way_out = "expose: [\"8080\"] behind a proxy, and no container_name",
         .refs = {"S2-84"}},
        {.id = "compose-container-name",
         .title = "A container has a fixed name",
         .levels = deployed(Level::info),
         .check = container_name,
         .why = "Only one container can have a fixed name. So you can't start a second replica, and a release has to "
                "remove the old container before it starts the new container.",
         .way_out = "remove container_name; compose names the container PROJECT-SERVICE-1",
         .refs = {"S2-14", "S2-84"}},
        {.id = "compose-port-unbound",
         .title = "A port is published without an address",
         .levels = by_request,
         .check = port_unbound,
         .why = "Docker opens such a port on every address of the host, even if the firewall blocks the port.",
         .way_out = "ports: [\"127.0.0.1:8080:8080\"]",
         .peers = {"no-unbound-port-interfaces"},
         .refs = {"S1-75", "CIS 5.13"}},
        {.id = "compose-port-unquoted",
         .title = "A port mapping has no quotes",
         .levels = always(Level::warning),
         .check = port_unquoted,
         .why = "YAML 1.1 reads digits with a colon as a number in base 60: some tools read 22:22 as 1342.",
         .way_out = "ports: [\"8080:80\"]",
         .peers = {"require-quotes-in-ports"},
         .fix = Fix::safe},
        {.id = "compose-db-port-public",
         .title = "A database is open to the network",
         .levels = deployed(Level::error),
         .check = db_port_public,
         .why = "Docker publishes a port on every address of the host, even if the firewall blocks the port. Attackers "
                "find an open database within hours.",
         .way_out = "ports: [\"127.0.0.1:5432:5432\"], or expose: [\"5432\"] if only other services need it",
         .refs = {"S1-75", "S2-18", "S2-19", "CIS 5.13"},
         .fix = Fix::safe},
        {.id = "compose-port-internal",
         .title = "A service publishes a port, but all its networks are internal",
         .levels = always(Level::warning),
         .check = port_internal,
         .why = "If all networks of a service are internal, Docker doesn't publish its ports: nobody outside of these "
                "networks reaches the service. If somebody later adds a network that isn't internal, the port is open.",
         .way_out = "remove ports:, or add a network without internal: true"},
        {.id = "compose-app-port-public",
         .title = "A port is open that bypasses the proxy, or that asks for no log-in",
         .levels = deployed(Level::warning),
         .check = app_port_public,
         .why = "Anyone who uses that port bypasses the TLS, limits and headers of the proxy. Prometheus, Loki, "
                "RedisInsight and the like have no log-in, so anyone who reaches their port reads the data.",
         .way_out = "expose: [\"8000\"]",
         .refs = {"S2-38"}},
        {.id = "compose-bind-loopback",
         .title = "The server listens on the container's loopback",
         .levels = always(Level::error),
         .check = compose_bind_loopback,
         .why = "In a container, 127.0.0.1 is only the container itself: published ports and other containers get no "
                "answer.",
         .way_out = "command: uvicorn app:app --host 0.0.0.0",
         .refs = {"S0-37"}},
        {.id = "compose-privileged-port",
         .title = "A service that is not a proxy publishes a port below 1024",
         .levels = deployed(Level::info),
         .check = compose_privileged_port,
         .why = "Ports below 1024 belong to the system's own services. A program that isn't made for these ports "
                "shouldn't use them.",
         .way_out = "ports: [\"127.0.0.1:8080:8080\"] with a proxy on 443",
         .peers = {"privileged-ports"},
         .refs = {"CIS 5.7"}},
    };
    return rows;
}

}
