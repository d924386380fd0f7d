#include "preflight/rules/compose_kept.h"
#include "base/text.h"
#include <algorithm>

namespace fairlead::preflight::compose {

namespace {

// Images of other makers keep the data elsewhere than the official one of that name.
struct OtherData {
    std::string_view maker, name; // parts of "docker.io/bitnami/mysql"
    std::string_view data;        // declared as a volume there, or the folder of the data itself
};
constexpr OtherData of_other_makers[] = {
    {"bitnami", "mysql", "/bitnami/mysql"},
    {"bitnami", "mariadb", "/bitnami/mariadb"},
    {"bitnami", "redis", "/bitnami/redis/data"},
    {"bitnami", "valkey", "/bitnami/valkey/data"},
    {"bitnami", "elasticsearch", "/bitnami/elasticsearch/data"},
    {"bitnami", "opensearch", "/bitnami/opensearch/data"},
    {"bitnami", "rabbitmq", "/bitnami/rabbitmq/mnesia"},
    {"kartoza", "postgis", "/var/lib/postgresql"},
    {"chainguard", "postgres", "/var/lib/postgres/data"},
    {"sameersbn", "redis", "/var/lib/redis"},
};

std::string value_in(const ComposeService& service, std::string_view name) {
    for (const auto& variable : service.environment)
        if (variable.name == name && variable.value) return *variable.value;
    return "";
}

// bitnami/mysql, docker.io/bitnamilegacy/mysql, registry.example.org/mirror/bitnami/mysql
const OtherData* other_data(const ImageParts& image) {
    const auto makers = split(image.repository, '/');
    const auto found = std::find_if(std::begin(of_other_makers), std::end(of_other_makers), [&](const OtherData& one) {
        return one.name == image.name && makers.size() > 1 && makers[makers.size() - 2].starts_with(one.maker);
    });
    return found == std::end(of_other_makers) ? nullptr : found;
}

// postgres, postgres:latest, postgres:alpine: 18 or a later one today, whose mount is the folder above.
bool is_of_newest(const ComposeService& service, const Database& database) {
    return database.data == "/var/lib/postgresql/data" && value_in(service, "PGDATA").empty() &&
           image_parts(service.image).tag.find_first_of("0123456789") == std::string::npos;
}

// Since postgres 18 the data is in a folder of the version's below the mount.
std::string data_of(const ComposeService& service, const Database& database) {
    if (const std::string data = value_in(service, "PGDATA"); !data.empty()) return data;
    const ImageParts image = image_parts(service.image);
    if (image.repository.find("linuxserver/") != std::string::npos) return "/config"; // of whatever server
    if (const auto* const other = other_data(image)) return std::string(other->data);
    const auto begin = image.tag.starts_with("pg") ? 2u : 0u; // pgvector's pg18
    const auto version =
        parse_integer(image.tag.substr(begin, image.tag.find_first_not_of("0123456789", begin) - begin));
    if (database.data == "/var/lib/postgresql/data" && version.ok() && version.value() >= 18)
        return "/var/lib/postgresql";
    return std::string(database.data);
}

// ${DATA_PATH}:/var/lib/postgresql/data, with a path that whoever installs it sets.
bool leaves_to_installer(const ComposeService& service, const std::string& data) {
    const auto* const volumes = value_of(service, "volumes");
    return volumes != nullptr && std::any_of(volumes->items.begin(), volumes->items.end(), [&](const auto& volume) {
               const std::string_view written = volume.as_written();
               const auto colon = written.starts_with("${") ? written.find("}:") : std::string::npos;
               return colon != std::string::npos && written.substr(colon + 2).starts_with(data);
           });
}

}

bool is_below(std::string_view path, std::string_view folder) {
    return path == folder || (path.starts_with(folder) && path.size() > folder.size() &&
                              (folder.ends_with('/') || path[folder.size()] == '/'));
}

std::string data_folder(const ComposeService& service, const Database& database) {
    if (is_of_newest(service, database) && data_of(service, database) == database.data) return "/var/lib/postgresql";
    return data_of(service, database);
}

bool keeps_data(const ComposeService& service, const Database& database) {
    const std::string data = data_of(service, database);
    const bool is_other = other_data(image_parts(service.image)) != nullptr && value_in(service, "PGDATA").empty();
    const bool kept = std::any_of(service.volumes.begin(), service.volumes.end(), [&](const auto& volume) {
        // The image declares a volume at its path: a mount of a folder above it stays empty.
        const auto end = volume.target.find_last_not_of('/');
        const std::string target = volume.target.substr(0, end == std::string::npos ? end : end + 1);
        if (volume.type == "tmpfs") return false;
        if (is_other) return is_below(data, target) || target == data + "/data";
        return data == database.data
                   ? target == data || (is_of_newest(service, database) && target == "/var/lib/postgresql")
                   : is_below(data, target);
    });
    return kept || leaves_to_installer(service, data);
}

bool is_kept_by_another(const ComposeService& service, const ComposeProject& project) {
    const auto names = [&](const ComposeService& one) {
        const auto* const from = one.at("volumes_from");
        return from != nullptr && std::any_of(from->items.begin(), from->items.end(), [&](const ComposeValue& item) {
                   return item.text == service.name || item.text.starts_with(service.name + ":");
               });
    };
    return service.at("volumes_from") != nullptr ||
           std::any_of(project.services.begin(), project.services.end(), names);
}

}
