#include "base/text.h"
#include "base/words.h"
#include "preflight/parts/compose_parts.h"
#include "preflight/rules/groups.h"
#include "read/dockerfile/dockerfile.h"
#include <algorithm>
#include <fmt/format.h>

// What keeps a container from the host and from the others.
namespace fairlead::preflight {

namespace {

using namespace compose;

bool is_one(std::span<const std::string_view> words, std::string_view word) {
    return std::find(words.begin(), words.end(), word) != words.end();
}

// Tools that are there to use the socket, by the names of their images.
constexpr std::string_view keepers[] = {"watchtower",
                                        "autoheal",
                                        "diun",
                                        "ouroboros",
                                        "ofelia",
                                        "docker-gc",
                                        "docker-gen",
                                        "acme-companion",
                                        "letsencrypt-nginx-proxy-companion",
                                        "nginx-proxy",
                                        "traefik",
                                        "caddy-docker-proxy",
                                        "portainer",
                                        "portainer-ce",
                                        "portainer-ee",
                                        "cadvisor",
                                        "dozzle",
                                        "promtail",
                                        "telegraf",
                                        "docker-volume-backup"};

// What is open to all anyway: a door of its own to the network is another's way to the socket.
bool publishes_only_web(const ComposeService& service) {
    return std::all_of(service.ports.begin(), service.ports.end(), [](const read::ComposePort& port) {
        return is_local(port.host_ip) || port.published == "80" || port.published == "443";
    });
}

// What its own maker's manual asks for: a known price, and who reaches the agent isn't known here.
bool is_dind(const ComposeService& service) {
    const auto image = image_parts(service.image);
    return image.name == "docker" && image.tag.find("dind") != std::string::npos;
}

// Elastic's agents read what runs here by the socket.
bool is_beat(const ComposeService& service) {
    constexpr std::string_view beats[] = {"filebeat", "metricbeat", "auditbeat", "packetbeat", "elastic-agent"};
    return is_one(beats, image_parts(service.image).name);
}

void compose_privileged(const Compose& compose, const Project&, Hits& hits) {
    for (const auto& service : compose.read->services) {
        const auto* const value = value_of(service, "privileged");
        if (value == nullptr || !is_one_of(lower(value->text), {"true", "yes", "on"})) continue;
        const auto name = short_word(service.name);
        if (image_parts(service.image).name == "cadvisor")
            add(hits, compose, service, value->place,
                fmt::format("{} is privileged, as cAdvisor's manual asks; whoever breaks into it controls the host; "
                            "keep its port from the network",
                            name))
                .level = Level::warning;
        else if (is_dind(service))
            add(hits, compose, service, value->place,
                fmt::format("{} is privileged, as Docker in Docker has to be; what runs in it can control the host; "
                            "start nothing of strangers in it",
                            name))
                .level = Level::warning;
        else
            add(hits, compose, service, value->place,
                fmt::format("{} is privileged; it controls the host; name the capabilities that it needs", name));
    }
}

// A known tool, as it is or with files of one's own on top.
bool is_keeper_of_socket(const ComposeService& service, const Project& project) {
    const Dockerfile* const own = dockerfile_of(service, project);
    if (service.build && (own == nullptr || own->read->stages.empty())) return false;
    const auto chain = own == nullptr ? std::vector<std::size_t>() : own->read->chain(own->target);
    const auto image = own == nullptr ? service.image : chain.empty() ? "" : own->read->stages[chain.front()].base;
    const auto* const mode = value_of(service, "network_mode");
    return is_one(keepers, image_parts(image).name) && publishes_only_web(service) &&
           (mode == nullptr || mode->text != "host");
}

void compose_docker_sock(const Compose& compose, const Project& project, Hits& hits) {
    for (const auto& service : compose.read->services)
        for (const auto& volume : service.volumes) {
            if (!volume.source.ends_with("docker.sock")) continue;
            Hit& hit = add(hits, compose, service, volume.place,
                           fmt::format("{} mounts docker.sock; it can start root containers; use a socket proxy",
                                       short_word(service.name)));
            // These do what the socket allows, and nobody reaches them by a port of their own.
            const bool is_keeper = is_keeper_of_socket(service, project);
            if (is_keeper)
                hit.message =
                    fmt::format("{} mounts docker.sock, as it has to; anyone who breaks into it can start root "
                                "containers; use a socket proxy",
                                short_word(service.name));
            if (is_keeper || (volume.read_only && service.image.find("socket-proxy") != std::string::npos))
                hit.level = std::min(hit.level.value_or(Level::warning), Level::warning);
            if (!is_beat(service) || !volume.read_only || !service.ports.empty()) continue;
            hit.level = Level::warning;
            hit.message = fmt::format("{} mounts docker.sock, as Elastic's manual asks; whoever breaks into it can "
                                      "start root containers; use a socket proxy",
                                      short_word(service.name));
        }
}

void compose_host_mount(const Compose& compose, const Project&, Hits& hits) {
    constexpr std::string_view folders[] = {"/",     "/etc", "/boot", "/dev",  "/lib",
                                            "/proc", "/sys", "/usr",  "/root", "/var/run"};
    for (const auto& service : compose.read->services)
        for (const auto& volume : service.volumes)
            if (volume.type == "bind" && is_one(folders, volume.source)) {
                Hit& hit =
                    add(hits, compose, service, volume.place,
                        fmt::format("{} mounts {} of the host; it can {} the host itself; mount only the file or "
                                    "folder that it needs",
                                    short_word(service.name), volume.source, volume.read_only ? "read" : "change"));
                if (volume.read_only) hit.level = Level::warning; // what watches a host needs that
            }
}

// node-exporter counts the host's processes, and reads its files without a right to write them.
bool is_node_exporter(const ComposeService& service) {
    return image_parts(service.image).name == "node-exporter" &&
           std::all_of(service.volumes.begin(), service.volumes.end(), [](const auto& volume) {
               return volume.type != "bind" || volume.read_only || volume.written.find(":ro") != std::string::npos;
           });
}

void host_namespace(const Compose& compose, const Project&, Hits& hits) {
    for (const auto& service : compose.read->services)
        for (const std::string_view key : {"network_mode", "pid", "ipc", "uts", "userns_mode"})
            if (const auto* const value = value_of(service, key); value != nullptr && value->text == "host") {
                Hit& found = add(hits, compose, service, value->place,
                                 fmt::format("{} has {}: host; it shares that namespace with the host; remove the line",
                                             short_word(service.name), key));
                if (key == "network_mode") found.level = Level::warning; // a proxy may have to listen there
                if (key != "pid" || !is_node_exporter(service)) continue;
                found.level = Level::warning;
                found.message = fmt::format("{} has pid: host, as node-exporter's manual asks; it sees the host's "
                                            "processes; keep its port from the network",
                                            short_word(service.name));
            }
}

bool has_security_option(const ComposeService& service, std::string_view option) {
    const auto* const list = value_of(service, "security_opt");
    return list != nullptr && std::any_of(list->items.begin(), list->items.end(), [&](const auto& item) {
               return item.text.starts_with(option) && !item.text.ends_with("false");
           });
}

void no_new_privileges(const Compose& compose, const Project& project, Hits& hits) {
    Texts texts(compose, project);
    for (const auto& service : compose.read->services) {
        if (has_security_option(service, "no-new-privileges")) continue;
        Hit& hit = add(hits, compose, service, service.place,
                       fmt::format("{} can gain privileges through setuid programs; an attacker can become root; add "
                                   "no-new-privileges:true to security_opt",
                                   short_word(service.name)));
        if (service.at("security_opt") != nullptr) continue;
        if (auto edit = texts.key_of(service, "security_opt:\n  - no-new-privileges:true")) hit.edits = {*edit};
    }
}

void db_network(const Compose& compose, const Project&, Hits& hits) {
    std::map<std::string, std::string> proxied; // network -> proxy
    for (const auto& service : compose.read->services)
        if (is_proxy(service))
            for (const auto& network : service.networks) proxied.emplace(network, service.name);
    for (const auto& service : compose.read->services) {
        if (database_of(service) == nullptr) continue;
        const auto shared = std::find_if(service.networks.begin(), service.networks.end(),
                                         [&](const auto& network) { return proxied.contains(network); });
        if (shared != service.networks.end())
            add(hits, compose, service, service.place,
                fmt::format("{} shares network {} with {}; an attacker there reaches the database; give the database "
                            "its own network",
                            short_word(service.name), short_word(*shared), short_word(proxied[*shared])));
    }
}

void subnet(const Compose& compose, const Project&, Hits& hits) {
    const auto* const networks = compose.read->model.find("networks");
    if (networks == nullptr) return;
    for (const auto& network : networks->items) {
        const auto* const config = network.at("ipam.config");
        if (config == nullptr) continue;
        for (const auto& item : config->items) {
            const auto* const subnet = item.find("subnet");
            if (subnet == nullptr || !subnet->text.starts_with("172.")) continue;
            const auto second = parse_integer(split(subnet->text, '.')[1]);
            if (second.ok() && second.value() >= 17 && second.value() <= 31)
                add(hits, compose, subnet->place,
                    fmt::format("network {} uses {}; Docker assigns that range itself, so they may clash; use a range "
                                "from 10.0.0.0/8",
                                short_word(network.key), subnet->text));
        }
    }
}

}

std::span<const Rule> compose_isolation_rules() {
    static const Rule rows[] = {
        {.id = "compose-privileged",
         .title = "A service is privileged",
         .levels = always(Level::error),
         .check = compose_privileged,
         .why = "A privileged container has all capabilities and all devices: an attacker in it controls the host.",
         .way_out = "remove privileged and add the capabilities that are needed: cap_add: [NET_BIND_SERVICE]",
         .peers = {"privileged-container"},
         .refs = {"CIS 5.4"}},
        {.id = "compose-docker-sock",
         .title = "A service mounts Docker's socket",
         .levels = always(Level::error),
         .check = compose_docker_sock,
         .why = "A service that can talk to Docker can start a container with the host's root in it. A read-only mount "
                "of the socket doesn't prevent this.",
         .way_out = "put a socket proxy between the service and Docker; the proxy allows only the needed calls",
         .peers = {"docker-sock"},
         .refs = {"CIS 5.31"}},
        {.id = "compose-host-mount",
         .title = "A service mounts a folder of the host's system",
         .levels = always(Level::error),
         .check = compose_host_mount,
         .why = "Through such a folder a container can read the host's secrets, or change programs that the host runs.",
         .way_out = "mount only the file that is needed, with :ro",
         .peers = {"sensitive-host-mounts"},
         .refs = {"CIS 5.5"}},
        {.id = "compose-host-namespace",
         .title = "A service shares a namespace with the host",
         .levels = always(Level::error),
         .check = host_namespace,
         .why = "The service sees the host's processes or network as if it ran outside of a container. With "
                "`network_mode: host`, `ports:` has no effect.",
         .way_out = "networks: [backend]",
         .peers = {"host-network", "host-pid", "host-ipc"},
         .refs = {"CIS 5.9", "CIS 5.15", "CIS 5.16", "CIS 5.20", "CIS 5.30"}},
        {.id = "compose-no-new-privileges",
         .title = "A service may gain privileges",
         .levels = deployed(Level::info),
         .check = no_new_privileges,
         .why = "A process that can start a setuid program of the image becomes root, even if USER names another user.",
         .way_out = "security_opt: [\"no-new-privileges:true\"]",
         .peers = {"privilege-escalation-container"},
         .refs = {"CIS 5.25"},
         .fix = Fix::safe},
        {.id = "compose-db-network",
         .title = "A database is on the proxy's network",
         .levels = deployed(Level::info),
         .check = db_network,
         .why = "Attackers reach the proxy first. The proxy needs the application, but never the database.",
         .way_out = "networks: [data] for the database and the application, [front] for the proxy and the application",
         .peers = {"non-isolated-pod"},
         .refs = {"S4-24"}},
        {.id = "compose-subnet",
         .title = "A network has a fixed address range that Docker also assigns",
         .levels = always(Level::info),
         .check = subnet,
         .why = "Docker gives the ranges 172.17 to 172.31 to new networks, and two networks with the same range can't "
                "run at once.",
         .way_out = "leave ipam out, or use a range from 10.0.0.0/8",
         .refs = {"S2-37"}},
    };
    return rows;
}

}
