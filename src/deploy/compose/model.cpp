#include "deploy/compose/model.h"
#include "base/path.h"
#include "base/text.h"
#include "deploy/compose/json.h"
#include "read/compose/compose.h"
#include "sys/data/json.h"
#include "sys/digest.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::deploy {

namespace {

using sys::Json;
using sys::text_of;

// A text, or a number as compose writes one where both are meant (`published`).
std::string said(const Json& value) {
    if (value.is_string()) return value.get<std::string>();
    return value.is_number_integer() ? std::to_string(value.get<std::int64_t>()) : std::string();
}

int whole(const Json& value, int fallback) {
    const auto number = parse_integer(said(value));
    return number.ok() && number.value() >= 0 && number.value() <= 65535 ? static_cast<int>(number.value()) : fallback;
}

std::vector<std::string> words_of(const Json& value) {
    std::vector<std::string> words;
    if (value.is_string()) words.push_back(value.get<std::string>());
    if (value.is_array())
        for (const auto& one : value) words.push_back(said(one));
    return words;
}

const Json& list_of(const Json& value, std::string_view key) {
    static const Json empty = Json::array();
    const auto& list = member(value, key);
    return list.is_array() ? list : empty;
}

const Json& map_of(const Json& value, std::string_view key) {
    static const Json empty = Json::object();
    const auto& map = member(value, key);
    return map.is_object() ? map : empty;
}

// A published range ("8000-8010") has room for a second one.
bool is_fixed(const Json& port) {
    const auto published = said(member(port, "published"));
    return !published.empty() && published != "0" && published.find('-') == published.npos;
}

void read_ports(const Json& from, ModelService& service) {
    const auto add = [&](int port) {
        if (port > 0) service.ports.push_back(port);
    };
    for (const auto& port : list_of(from, "ports")) {
        const auto target = whole(member(port, "target"), 0);
        if (text_of(port, "protocol") != "udp") add(target);
        if (!is_fixed(port)) continue;
        const auto ip = text_of(port, "host_ip");
        service.fixed_ports.push_back(
            fmt::format("{}{}{}:{}", ip, ip.empty() ? "" : ":", said(member(port, "published")), target));
    }
    for (const auto& exposed : list_of(from, "expose"))
        if (const auto text = said(exposed); !text.ends_with("/udp")) add(whole(text.substr(0, text.find('/')), 0));
    std::sort(service.ports.begin(), service.ports.end());
    service.ports.erase(std::unique(service.ports.begin(), service.ports.end()), service.ports.end());
}

void read_volumes(const Json& from, ModelService& service) {
    for (const auto& volume : list_of(from, "volumes")) {
        const auto type = text_of(volume, "type"), source = text_of(volume, "source");
        if (type == "volume" && source.empty()) service.anonymous.push_back(text_of(volume, "target"));
        if ((type == "volume" || type == "bind") && !source.empty() && !is_set(volume, "read_only"))
            service.kept.push_back(source);
    }
}

void read_networks(const Json& from, const Json& all, ModelService& service) {
    for (const auto& [key, value] : map_of(from, "networks").items()) {
        const auto name = text_of(member(all, key), "name");
        service.networks.push_back(name.empty() ? key : name);
        for (const auto* address : {"ipv4_address", "ipv6_address"})
            if (const auto fixed = text_of(value, address); !fixed.empty())
                service.fixed_addresses.push_back(fmt::format("{}: {}", key, fixed));
    }
}

void read_check(const Json& check, ModelService& service) {
    const auto test = words_of(member(check, "test"));
    service.check_is_off = is_set(check, "disable") || (!test.empty() && test[0] == "NONE");
    service.has_check = !service.check_is_off && !test.empty();
    if (const auto interval = read::compose_duration(text_of(check, "interval")))
        service.check_interval = Milliseconds{*interval};
}

ModelService service_of(const std::string& name, const Json& from, const Json& networks) {
    ModelService service{.name = name,
                         .image = text_of(from, "image"),
                         .container_name = text_of(from, "container_name"),
                         .network_mode = text_of(from, "network_mode"),
                         .restart = text_of(from, "restart"),
                         .user = text_of(from, "user"),
                         .is_built = member(from, "build").is_object() || member(from, "build").is_string()};
    read_ports(from, service);
    read_volumes(from, service);
    read_networks(from, networks, service);
    read_check(member(from, "healthcheck"), service);
    for (const auto& [key, value] : map_of(from, "environment").items()) service.variables.push_back(key);
    service.start = words_of(member(from, "entrypoint"));
    for (auto& word : words_of(member(from, "command"))) service.start.push_back(std::move(word));
    service.scale = whole(member(from, "scale"), whole(member(member(from, "deploy"), "replicas"), 1));
    return service;
}

// Whose data only one server at a time may have: by the last part of the image's name.
constexpr std::string_view single_writers[] = {
    "postgres",  "postgis",       "timescaledb", "mysql",     "mariadb",   "mongo",    "redis",
    "valkey",    "elasticsearch", "opensearch",  "rabbitmq",  "cassandra", "influxdb", "clickhouse-server",
    "neo4j",     "couchdb",       "etcd",        "zookeeper", "kafka",     "minio",    "percona",
    "memcached", "meilisearch"};

bool is_single_writer(const ModelService& service) {
    auto image = file_name(service.image);
    image = image.substr(0, image.find_first_of(":@"));
    return !service.kept.empty() &&
           std::find(std::begin(single_writers), std::end(single_writers), image) != std::end(single_writers);
}

}

const ModelService* Model::find(std::string_view name) const {
    const auto found =
        std::find_if(services.begin(), services.end(), [&](const auto& one) { return one.name == name; });
    return found == services.end() ? nullptr : &*found;
}

std::vector<std::string> Model::names() const {
    std::vector<std::string> names;
    for (const auto& service : services) names.push_back(service.name);
    return names;
}

Result<Model> parse_model(std::string text) {
    const auto value = TRY(sys::parse_json(text, "the compose model"));
    if (!member(value, "services").is_object()) return no("the compose model has no services");
    Model model{.project = text_of(value, "name"), .services = {}, .text = std::move(text)};
    for (const auto& [name, service] : map_of(value, "services").items())
        model.services.push_back(service_of(name, service, map_of(value, "networks")));
    return model;
}

std::string migration_in(const std::vector<std::string>& start) {
    constexpr std::string_view known[] = {
        "alembic upgrade",       "manage.py migrate", "db:migrate",           "flask db upgrade",
        "prisma migrate deploy", "migration:run",     "knex migrate",         "artisan migrate",
        "flyway migrate",        "liquibase update",  "diesel migration run", "sqlx migrate run",
        "typeorm migration",     "goose up",          "migrate up",           "fairlead-migrate"};
    const auto line = lower(join(start, " "));
    const auto found = std::find_if(std::begin(known), std::end(known),
                                    [&](std::string_view one) { return line.find(one) != line.npos; });
    return found == std::end(known) ? std::string() : std::string(*found);
}

namespace {

struct Rule {
    std::string_view key;
    bool blocks;
    // Empty: it doesn't apply.
    std::string (*text)(const ModelService& service, const ImageSeen* image, int scale);
};

std::string about_check(const ModelService& service, const ImageSeen* image, int) {
    const bool of_image = image != nullptr && !image->health.empty() && image->health[0] != "NONE";
    if (service.check_is_off || (!service.has_check && !of_image))
        return "the service has no healthcheck: only health.path shows whether a release is well, and of a container "
               "without requests it is only known that it runs";
    constexpr Milliseconds usual{30000}, long_wait{5000};
    auto interval = service.check_interval.count() > 0 ? service.check_interval
                    : of_image                         ? image->health_interval
                                                       : Milliseconds{0};
    if (interval.count() == 0) interval = usual;
    if (interval < long_wait) return {};
    return fmt::format("the engine checks every {}, so a new release is not ready before that; write interval: 2s",
                       format_duration(interval));
}

std::string about_migration(const ModelService& service, const ImageSeen* image, int scale) {
    const auto found = migration_in(service.start.empty() && image != nullptr ? image->start : service.start);
    if (found.empty()) return {};
    return fmt::format("'{}' runs at each start{}; move it to target.prepare, which runs it once before the start",
                       found, scale > 1 ? fmt::format(", {} times at once", scale) : "");
}

const Rule rules[] = {
    {"container_name", false,
     [](const ModelService& service, const ImageSeen*, int) {
         return service.container_name.empty()
                    ? std::string()
                    : fmt::format("two containers can't both be named '{}': compose names the new containers",
                                  service.container_name);
     }},
    {"ports", false,
     [](const ModelService& service, const ImageSeen*, int) {
         return service.fixed_ports.empty() ? std::string()
                                            : fmt::format("two containers can't both have {}; the ports are left out, "
                                                          "since requests come through the router",
                                                          join(service.fixed_ports, ", "));
     }},
    {"network_mode", true,
     [](const ModelService& service, const ImageSeen*, int) {
         const bool shared = service.network_mode == "host" || service.network_mode.find(':') != std::string::npos;
         return shared ? fmt::format("two containers would listen at the same place in '{}'", service.network_mode)
                       : std::string();
     }},
    {"networks", true,
     [](const ModelService& service, const ImageSeen*, int) {
         return service.fixed_addresses.empty()
                    ? std::string()
                    : fmt::format("two containers can't both have the address {}", join(service.fixed_addresses, ", "));
     }},
    {"volumes", true,
     [](const ModelService& service, const ImageSeen*, int) {
         return is_single_writer(service)
                    ? fmt::format("two servers would write to {}, but only a single server may use its data",
                                  join(service.kept, ", "))
                    : std::string();
     }},
    {"volumes", false,
     [](const ModelService& service, const ImageSeen*, int) {
         return service.kept.empty() || is_single_writer(service)
                    ? std::string()
                    : fmt::format("while the old and the new release overlap, both write to {}",
                                  join(service.kept, ", "));
     }},
    {"volumes", false,
     [](const ModelService& service, const ImageSeen* image, int) {
         auto places = service.anonymous;
         if (image != nullptr) places.insert(places.end(), image->volumes.begin(), image->volumes.end());
         return places.empty() ? std::string()
                               : fmt::format("{} is new and empty for each release; give the volume a name to keep it",
                                             join(places, ", "));
     }},
    {"build", false,
     [](const ModelService& service, const ImageSeen*, int) {
         return service.is_built
                    ? std::string("its image is built on this host first, and the id of that image is the release")
                    : std::string();
     }},
    {"restart", false,
     [](const ModelService& service, const ImageSeen*, int) {
         return service.restart.empty() || service.restart == "no"
                    ? std::string("the service has no restart policy: nothing starts it again after a crash or a "
                                  "reboot; write restart: unless-stopped")
                    : std::string();
     }},
    {"healthcheck", false, about_check},
    {"command", false, about_migration},
};

}

std::vector<Hindrance> hindrances(const ModelService& service, const ImageSeen* image, int scale) {
    std::vector<Hindrance> found;
    for (const auto& rule : rules)
        if (auto text = rule.text(service, image, scale); !text.empty())
            found.push_back({service.name, std::string(rule.key), std::move(text), rule.blocks});
    return found;
}

namespace {

std::string dollars_escaped(const std::string& text) { return replace_all(text, "$", "$$"); }

Json& map_in(Json& value, const char* key) {
    auto& map = value[key];
    if (!map.is_object()) map = Json::object();
    return map;
}

Json& list_in(Json& value, const char* key) {
    auto& list = value[key];
    if (!list.is_array()) list = Json::array();
    return list;
}

// `POSTGRES_PASSWORD: ""`: the compose file keeps it from this service, whatever the env file says.
bool is_blanked(const Json& environment, const std::string& name) {
    const auto there = environment.find(name);
    return there != environment.end() && there->is_string() && there->get_ref<const std::string&>().empty();
}

void change_service(const Change& change, Json& service) {
    for (const auto* key : {"container_name", "build", "pull_policy", "scale"}) service.erase(key);
    if (auto& ports = list_in(service, "ports"); true) {
        Json others = Json::array();
        for (auto& port : ports)
            if (port.is_object() && !is_fixed(port)) others.push_back(std::move(port));
        ports = std::move(others);
        if (change.host_port > 0)
            ports.push_back({{"mode", "host"},
                             {"host_ip", "127.0.0.1"},
                             {"target", change.port},
                             {"published", std::to_string(change.host_port)},
                             {"protocol", "tcp"}});
    }
    service["image"] = change.image;
    for (const auto* key : {"entrypoint", "command"})
        if (service.contains(key) && service[key].is_array() && !change.socket.empty())
            for (auto& word : service[key])
                if (word.is_string())
                    word = replace_all(word.get_ref<const std::string&>(), "{socket}", dollars_escaped(change.socket));
    if (!change.restart.empty()) service["restart"] = change.restart;
    for (const auto& [name, value] : change.labels) map_in(service, "labels")[name] = dollars_escaped(value);
    auto& environment = map_in(service, "environment");
    for (const auto& name : change.without) environment.erase(name);
    for (const auto& [name, value] : change.environment)
        if (!is_blanked(environment, name)) environment[name] = dollars_escaped(value);
    for (const auto& mount : change.mounts)
        list_in(service, "volumes")
            .push_back({{"type", "bind"},
                        {"source", dollars_escaped(mount.source)},
                        {"target", dollars_escaped(mount.target)},
                        {"read_only", mount.read_only}});
}

// The service of `change` in `model`.
Result<Json*> service_in(Json& model, const Change& change) {
    if (!model.is_object() || !model.contains("services") || !model["services"].is_object() ||
        !model["services"].contains(change.service) || !model["services"][change.service].is_object())
        return no(fmt::format("the compose model has no service '{}'", change.service));
    return &model["services"][change.service];
}

}

Result<std::string> changed_model(const std::string& model, const std::vector<Change>& changes) {
    auto value = TRY(sys::parse_json(model, "the compose model"));
    for (const auto& change : changes) {
        auto* service = TRY(service_in(value, change));
        change_service(change, *service);
    }
    return sys::dump_json(value);
}

std::vector<std::pair<std::string, std::string>> added_variables(const std::string& model, const std::string& changed,
                                                                 const std::string& service) {
    std::vector<std::pair<std::string, std::string>> added;
    const auto before = sys::parse_json(model, "the compose model"), after = sys::parse_json(changed, "the same");
    if (!before.ok() || !after.ok()) return added;
    const auto in = [&](const Json& value) -> const Json& {
        return member(member(member(value, "services"), service), "environment");
    };
    if (!in(after.value()).is_object()) return added;
    for (const auto& [name, value] : in(after.value()).items())
        if (value.is_string() && member(in(before.value()), name) != value)
            added.emplace_back(name, replace_all(value.get_ref<const std::string&>(), "$$", "$"));
    return added;
}

Result<std::string> config_hash(const std::string& model, const Change& change) {
    auto value = TRY(sys::parse_json(model, "the compose model"));
    auto* service = TRY(service_in(value, change));
    auto alike = change;
    alike.labels.clear();
    alike.host_port = 0;
    alike.socket.clear();
    for (auto& mount : alike.mounts) mount.source.clear();
    std::sort(alike.mounts.begin(), alike.mounts.end(),
              [](const auto& one, const auto& other) { return one.target < other.target; });
    std::stable_sort(alike.environment.begin(), alike.environment.end(),
                     [](const auto& one, const auto& other) { return one.first < other.first; });
    change_service(alike, *service);
    return sys::sha256(sys::dump_json(*service));
}

}
