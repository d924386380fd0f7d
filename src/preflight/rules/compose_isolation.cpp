#include "base/text.h"
#include "preflight/rules/compose_parts.h"
#include "preflight/rules/groups.h"
#include <algorithm>
#include <fmt/format.h>

// What keeps a container from the host and from the others.
namespace fairlead::preflight {

namespace {

using namespace compose;

bool is_one(std::span<const std::string_view> words, std::string_view word) {
    return std::find(words.begin(), words.end(), word) != words.end();
}

void compose_privileged(const Compose& compose, const Project&, Hits& hits) {
    for (const auto& service : compose.read->services)
        if (const auto* const value = value_of(service, "privileged");
            value != nullptr &&
            (lower(value->text) == "true" || lower(value->text) == "yes" || lower(value->text) == "on"))
            add(hits, compose, service, value->place,
                fmt::format("{} is privileged; it owns the host; name the capabilities it needs",
                            short_word(service.name)));
}

void compose_docker_sock(const Compose& compose, const Project&, Hits& hits) {
    for (const auto& service : compose.read->services)
        for (const auto& volume : service.volumes) {
            if (!volume.source.ends_with("docker.sock")) continue;
            Hit& hit = add(hits, compose, service, volume.place,
                           fmt::format("{} mounts docker.sock; it can start root containers; use a socket proxy",
                                       short_word(service.name)));
            if (volume.read_only && service.image.find("socket-proxy") != std::string::npos) hit.level = Level::warning;
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
                        fmt::format("{} mounts {} of the host; it can {} the host itself; mount the one file or "
                                    "folder it needs",
                                    short_word(service.name), volume.source, volume.read_only ? "read" : "change"));
                if (volume.read_only) hit.level = Level::warning; // what watches a host needs that
            }
}

void host_namespace(const Compose& compose, const Project&, Hits& hits) {
    for (const auto& service : compose.read->services)
        for (const std::string_view key : {"network_mode", "pid", "ipc", "uts", "userns_mode"})
            if (const auto* const value = value_of(service, key); value != nullptr && value->text == "host") {
                Hit& found =
                    add(hits, compose, service, value->place,
                        fmt::format("{} has {}: host; it sees and reaches what is the host's; take the line out",
                                    short_word(service.name), key));
                if (key == "network_mode") found.level = Level::warning; // a proxy may have to listen there
            }
}

void cap_add(const Compose& compose, const Project&, Hits& hits) {
    constexpr std::string_view wide[] = {"ALL",        "SYS_ADMIN",  "NET_ADMIN",
                                         "SYS_PTRACE", "SYS_MODULE", "DAC_READ_SEARCH"};
    for (const auto& service : compose.read->services)
        if (const auto* const list = value_of(service, "cap_add"))
            for (const auto& item : list->items) {
                std::string name = upper(item.text);
                if (name.starts_with("CAP_")) name.erase(0, 4);
                if (is_one(wide, name))
                    add(hits, compose, service, item.place,
                        fmt::format(
                            "{} gets the capability {}; a break-out reaches the host by it; name a narrower one "
                            "or none",
                            short_word(service.name), name));
            }
}

void cap_drop(const Compose& compose, const Project&, Hits& hits) {
    for (const auto& service : compose.read->services) {
        const auto* const list = value_of(service, "cap_drop");
        const bool all = list != nullptr && std::any_of(list->items.begin(), list->items.end(),
                                                        [](const auto& item) { return upper(item.text) == "ALL"; });
        if (!all)
            add(hits, compose, service, service.place,
                fmt::format("{} keeps Docker's capabilities; it needs few of them; add cap_drop: [ALL]",
                            short_word(service.name)));
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
                       fmt::format("{} may gain privileges by setuid programs; a break-in becomes root; add "
                                   "no-new-privileges:true to security_opt",
                                   short_word(service.name)));
        if (service.at("security_opt") != nullptr) continue;
        if (auto edit = texts.key_of(service, "security_opt:\n  - no-new-privileges:true")) hit.edits = {*edit};
    }
}

void security_opt_off(const Compose& compose, const Project&, Hits& hits) {
    constexpr std::string_view off[] = {"seccomp:unconfined", "apparmor:unconfined", "label:disable",
                                        "systempaths:unconfined"};
    for (const auto& service : compose.read->services)
        if (const auto* const list = value_of(service, "security_opt"))
            for (const auto& item : list->items)
                if (is_one(off, replace_all(item.text, "=", ":")))
                    add(hits, compose, service, item.place,
                        fmt::format("{} has {}; the kernel's guard is off for it; take the line out",
                                    short_word(service.name), item.text));
}

void read_only(const Compose& compose, const Project&, Hits& hits) {
    for (const auto& service : compose.read->services)
        if (lower(service.text("read_only")) != "true")
            add(hits, compose, service, service.place,
                fmt::format("{} can write to its own files; a break-in can stay there; add read_only: true and tmpfs "
                            "for /tmp",
                            short_word(service.name)));
}

void compose_user_root(const Compose& compose, const Project&, Hits& hits) {
    for (const auto& service : compose.read->services)
        if (const auto* const value = value_of(service, "user")) {
            const std::string_view user = std::string_view(value->text).substr(0, value->text.find(':'));
            if (user == "root" || user == "0")
                add(hits, compose, service, value->place,
                    fmt::format("{} runs as root; a break-out would own the host's files; name a user of the image",
                                short_word(service.name)));
        }
}

void devices(const Compose& compose, const Project&, Hits& hits) {
    for (const auto& service : compose.read->services)
        if (const auto* const list = value_of(service, "devices"))
            for (const auto& item : list->items)
                add(hits, compose, service, item.place,
                    fmt::format("{} gets a device of the host; it reads and writes the hardware itself; take it out "
                                "unless it must",
                                short_word(service.name)));
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
                fmt::format("{} shares network {} with {}; a break-in there reaches the database; give it a network of "
                            "its own",
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
                    fmt::format("network {} takes {}; Docker hands that range out itself and may clash; use one of "
                                "10.0.0.0/8",
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
         .why = "A privileged container has all capabilities and all devices: whoever breaks into it owns the host.",
         .way_out = "take privileged out and add what is needed: cap_add: [NET_BIND_SERVICE]",
         .peers = {"privileged-container"},
         .refs = {"CIS 5.4"}},
        {.id = "compose-docker-sock",
         .title = "A service mounts Docker's socket",
         .levels = always(Level::error),
         .check = compose_docker_sock,
         .why =
             "Whoever may talk to Docker may start a container with the host's root in it, read-only mounts included.",
         .way_out = "put a socket proxy that allows only the calls needed between the two",
         .peers = {"docker-sock"},
         .refs = {"CIS 5.31"}},
        {.id = "compose-host-mount",
         .title = "A service mounts a folder of the host's system",
         .levels = always(Level::error),
         .check = compose_host_mount,
         .why = "From such a folder a container reads the host's secrets, or changes what the host runs.",
         .way_out = "mount the one file that is needed, with :ro",
         .peers = {"sensitive-host-mounts"},
         .refs = {"CIS 5.5"}},
        {.id = "compose-host-namespace",
         .title = "A service shares a namespace with the host",
         .levels = always(Level::error),
         .check = host_namespace,
         .why =
             "It sees the host's processes or network as if it were no container; ports: and networks: mean nothing.",
         .way_out = "networks: [backend]",
         .peers = {"host-network", "host-pid", "host-ipc"},
         .refs = {"CIS 5.9", "CIS 5.15", "CIS 5.16", "CIS 5.20", "CIS 5.30"}},
        {.id = "compose-cap-add",
         .title = "A service gets a wide capability",
         .levels = always(Level::warning),
         .check = cap_add,
         .why = "With one of these a break-in into the container reaches the host or the other containers.",
         .way_out = "cap_add: [NET_BIND_SERVICE]",
         .refs = {"CIS 5.3"}},
        {.id = "compose-cap-drop",
         .title = "A service keeps Docker's capabilities",
         .levels = by_request,
         .check = cap_drop,
         .why = "Docker grants 14 capabilities by itself; a web application needs none or NET_BIND_SERVICE.",
         .way_out = "cap_drop: [ALL]",
         .peers = {"drop-net-raw-capability"}},
        {.id = "compose-no-new-privileges",
         .title = "A service may gain privileges",
         .levels = deployed(Level::info),
         .check = no_new_privileges,
         .why = "A setuid program in the image makes root of whoever may start it, whatever USER says.",
         .way_out = "security_opt: [\"no-new-privileges:true\"]",
         .peers = {"privilege-escalation-container"},
         .refs = {"CIS 5.25"},
         .fix = Fix::safe},
        {.id = "compose-security-opt-off",
         .title = "A service switches a guard of the kernel off",
         .levels = always(Level::error),
         .check = security_opt_off,
         .why =
             "seccomp, AppArmor and SELinux stop most known break-outs; without them one bug of the kernel is enough.",
         .way_out = "take the line out, or name a profile: security_opt: [\"seccomp=profile.json\"]",
         .refs = {"CIS 5.1", "CIS 5.21"}},
        {.id = "compose-read-only",
         .title = "A service can write to its own files",
         .levels = by_request,
         .check = read_only,
         .why = "What can't be written can't be changed by a break-in, and nothing is lost with the container.",
         .way_out = "read_only: true with tmpfs: [/tmp]",
         .peers = {"no-read-only-root-fs"},
         .refs = {"CIS 5.12"}},
        {.id = "compose-user-root",
         .title = "A service runs as root by name",
         .levels = always(Level::warning),
         .check = compose_user_root,
         .why = "It undoes the USER of the image; root in a container is root of the host once it breaks out.",
         .way_out = "user: \"1000:1000\"",
         .refs = {"S1-81", "CIS 4.1"}},
        {.id = "compose-devices",
         .title = "A service gets devices of the host",
         .levels = always(Level::warning),
         .check = devices,
         .why = "A device is reached without the checks of a file system.",
         .way_out = "take devices out, or give /dev/… with r only",
         .refs = {"CIS 5.17"}},
        {.id = "compose-db-network",
         .title = "A database is on the proxy's network",
         .levels = deployed(Level::info),
         .check = db_network,
         .why = "The proxy is what the world reaches first; it needs the application, never the database.",
         .way_out = "networks: [data] for the database and the application, [front] for the proxy and the application",
         .peers = {"non-isolated-pod"},
         .refs = {"S4-24"}},
        {.id = "compose-subnet",
         .title = "A network takes a fixed range of Docker's own",
         .levels = always(Level::info),
         .check = subnet,
         .why = "Docker gives 172.17 to 172.31 to the next network that is made; two of one range can't both be up.",
         .way_out = "leave ipam out, or take a range of 10.0.0.0/8",
         .refs = {"S2-37"}},
    };
    return rows;
}

}
