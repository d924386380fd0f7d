#include "base/path.h"
#include "base/text.h"
#include "preflight/parts/compose_parts.h"
#include "preflight/parts/told_commands.h"
#include "preflight/rules/compose_kept.h"
#include "preflight/rules/groups.h"
#include "read/env/env.h"
#include <algorithm>
#include <fmt/format.h>

// Secrets, variables, files and volumes.
namespace fairlead::preflight {

namespace {

using namespace compose;

// ---- mounts

bool is_inside(std::string_view path, std::string_view context) { // of the project
    if (path.starts_with('/') || path.starts_with('~') || path.starts_with("..")) return false;
    return context == "." || is_below(path, context);
}

void source_mount(const Compose& compose, const Project&, Hits& hits) {
    constexpr std::string_view homes[] = {"/app",     "/code",      "/src",         "/usr/src/app",
                                          "/srv/app", "/workspace", "/var/www/html"};
    for (const auto& service : compose.read->services) {
        if (!service.build) continue;
        for (const auto& volume : service.volumes) {
            if (volume.type != "bind" || !is_inside(volume.source, service.build->context)) continue;
            const bool home = std::find(std::begin(homes), std::end(homes), volume.target) != std::end(homes);
            if (volume.source == service.build->context || home)
                add(hits, compose, service, volume.place,
                    fmt::format("{} mounts its source over the image at {}; it doesn't run the code that was built; "
                                "remove the mount",
                                short_word(service.name), short_word(volume.target)));
        }
    }
}

// It builds nothing and takes an env file that isn't here: whoever puts it on a host puts other files beside it.
bool is_completed_on_host(const Compose& compose, const Project& project) {
    const auto& services = compose.read->services;
    return std::none_of(services.begin(), services.end(), [](const auto& one) { return one.build.has_value(); }) &&
           std::any_of(services.begin(), services.end(), [&](const ComposeService& service) {
               return std::any_of(service.env_files.begin(), service.env_files.end(),
                                  [&](const auto& one) { return !project.read(one.path); });
           });
}

void mount_missing(const Compose& compose, const Project& project, Hits& hits) {
    for (const auto& service : compose.read->services)
        for (const auto& volume : service.volumes)
            if (volume.type == "bind" && volume.source != "." && is_inside(volume.source, ".") &&
                volume.source != ".git" && volume.source != "./.git" && // every clone has it
                volume.source.find("node_modules") == std::string::npos && !project.is_there(volume.source) &&
                !project.read(volume.source)) {
                const auto end = extension_of(volume.source);
                const bool is_file = !end.empty() && extension_of(volume.target) == end;
                Hit& hit = add(hits, compose, service, volume.place,
                               fmt::format("{} mounts {}, which is not in the repository; Docker makes a folder {}; "
                                           "add it or use a volume",
                                           short_word(service.name), short_word(volume.source),
                                           is_file ? "in place of the file" : "that root owns"));
                if (project.is_git_ignored(volume.source))
                    hit.level = Level::info; // it is made where it is needed
                else if (is_file_that_nobody_makes(project, compose, volume) && !is_completed_on_host(compose, project))
                    hit.level = Level::error;
            }
}

void config_mount_rw(const Compose& compose, const Project& project, Hits& hits) {
    constexpr std::string_view endings[] = {".conf", ".cnf", ".ini", ".toml", ".yml", ".yaml",      ".json",
                                            ".xml",  ".cfg", ".pem", ".crt",  ".key", ".properties"};
    Texts texts(compose, project);
    for (const auto& service : compose.read->services)
        for (const auto& volume : service.volumes) {
            const bool config = std::any_of(std::begin(endings), std::end(endings),
                                            [&](auto ending) { return volume.source.ends_with(ending); });
            if (volume.type != "bind" || volume.read_only || !config) continue;
            Hit& hit = add(hits, compose, service, volume.place,
                           fmt::format("{} can write to {}; a break-in could change its configuration; add :ro",
                                       short_word(service.name), short_word(volume.source)));
            if (volume.written.empty() || std::count(volume.written.begin(), volume.written.end(), ':') != 1) continue;
            for (const std::string quote : {"\"", "'", ""})
                if (auto edit = texts.instead(volume.place, quote + volume.written + quote,
                                              quote + volume.written + ":ro" + quote)) {
                    hit.edits = {*edit};
                    break;
                }
        }
}

// Another compose file of the project that declares the volume: the two may be started together.
const Compose* declares(const Project& project, const Compose& compose, const std::string& volume) {
    for (const Compose& other : project.composes_for(compose.profile)) {
        const auto* const declared = other.read->model.find("volumes");
        if (other.files != compose.files && declared != nullptr && declared->find(volume) != nullptr) return &other;
    }
    return nullptr;
}

void volume_undeclared(const Compose& compose, const Project& project, Hits& hits) {
    const auto* const declared = compose.read->model.find("volumes");
    std::map<std::string, std::pair<const ComposeService*, ComposePlace>> missing;
    for (const auto& service : compose.read->services)
        for (const auto& volume : service.volumes)
            if (volume.type == "volume" && !volume.source.empty() &&
                (declared == nullptr || declared->find(volume.source) == nullptr))
                missing.try_emplace(volume.source, &service, volume.place);
    std::string section = "volumes:\n"; // one edit for all of them; into a section that is there nobody writes
    for (const auto& [name, user] : missing) section += "  " + name + ":\n";
    const auto edit = declared == nullptr ? Texts(compose, project).append(compose.files[0], section) : std::nullopt;
    for (const auto& [name, user] : missing) {
        Hit& hit =
            add(hits, compose, *user.first, user.second,
                fmt::format(
                    "{} mounts the volume {}, which isn't declared; compose refuses the file; declare it in volumes:",
                    short_word(user.first->name), short_word(name)));
        if (const Compose* other =
                is_taken_by_itself(compose.files.front()) ? nullptr : declares(project, compose, name)) {
            hit.level = Level::warning;
            hit.message = fmt::format("{} mounts the volume {}, which only {} declares; compose refuses this file "
                                      "alone; start both files, or declare it here",
                                      short_word(user.first->name), short_word(name), short_word(other->files.back()));
        } else if (edit) {
            hit.edits = {*edit};
        }
    }
}

void anonymous_volume(const Compose& compose, const Project&, Hits& hits) {
    constexpr std::string_view built[] = {"node_modules", ".next", "vendor", ".venv", "dist", "target"};
    for (const auto& service : compose.read->services)
        for (const auto& volume : service.volumes) {
            if (volume.type != "volume" || !volume.source.empty()) continue;
            const std::string_view last = std::string_view(volume.target).substr(volume.target.rfind('/') + 1);
            if (std::find(std::begin(built), std::end(built), last) != std::end(built)) continue;
            add(hits, compose, service, volume.place,
                fmt::format(
                    "{} keeps {} in a volume without a name; the next container doesn't find it; name the volume",
                    short_word(service.name), short_word(volume.target)));
        }
}

// ---- databases

// PGHOST: db, and a start of its own: it dumps another service's data.
bool is_client(const ComposeService& service) {
    const auto is_started = [](const std::string& word) {
        return word.find("docker-entrypoint") != word.npos || word == "postgres" || word == "mysqld";
    };
    return !service.entrypoint.empty() &&
           std::none_of(service.entrypoint.begin(), service.entrypoint.end(), is_started) &&
           std::any_of(service.environment.begin(), service.environment.end(), [](const auto& one) {
               return one.name == "PGHOST" || one.name == "POSTGRES_HOST" || one.name == "MYSQL_HOST" ||
                      one.name == "DB_HOST";
           });
}

void db_volume(const Compose& compose, const Project&, Hits& hits) {
    const Jobs jobs(*compose.read); // a client in the database's image
    for (const auto& service : compose.read->services) {
        const Database* const database = database_of(service);
        if (database == nullptr || jobs.has(service) || is_client(service) || database->data.empty() ||
            is_kept_by_another(service, *compose.read) || keeps_data(service, *database))
            continue;
        Hit& hit =
            add(hits, compose, service, service.place,
                fmt::format("{} keeps its data in the container; the next container starts empty; mount a volume at {}",
                            short_word(service.name), short_word(data_folder(service, *database))));
        if (database->name == "rabbitmq") {
            hit.level = Level::warning;
            hit.message =
                fmt::format("{} keeps its queues in the container; messages that wait are lost with it, unless "
                            "no queue is durable; mount a volume at {}",
                            short_word(service.name), short_word(data_folder(service, *database)));
        }
        if (database->name == "redis" || database->name == "valkey") hit.level = Level::info; // often a cache
    }
}

bool speaks_of_backup(const ComposeService& service) {
    const auto has = [](std::string_view text) { return lower(text).find("backup") != std::string::npos; };
    return has(service.name) || has(service.image) ||
           std::any_of(service.volumes.begin(), service.volumes.end(),
                       [&](const auto& volume) { return has(volume.source) || has(volume.target); });
}

void backup_volume(const Compose& compose, const Project& project, Hits& hits) {
    const auto& services = compose.read->services;
    if (std::any_of(services.begin(), services.end(), speaks_of_backup)) return;
    const auto settings = project.read("fairlead.yml");
    if (settings && (settings->starts_with("backup:") || settings->find("\nbackup:") != std::string::npos)) return;
    const Jobs jobs(*compose.read);
    for (const auto& service : services)
        if (const Database* const database = database_of(service);
            database != nullptr && (database->sql || database->name == "mongo") && !jobs.has(service))
            add(hits, compose, service, service.place,
                fmt::format("nothing backs {} up; if the disk fails, the data is lost; add backup: to fairlead.yml or "
                            "a backup service",
                            short_word(service.name)));
}

void upload_volume(const Compose& compose, const Project& project, Hits& hits) {
    constexpr std::string_view names[] = {"UPLOAD_DIR", "UPLOADS_DIR", "UPLOAD_PATH", "UPLOAD_FOLDER", "MEDIA_ROOT"};
    for (const auto& service : compose.read->services) {
        std::map<std::string, std::string> values;
        for (const auto& file : service.env_files)
            for (const auto& known : project.env_files)
                if (known.file == file.path && known.read != nullptr)
                    for (const auto& entry : known.read->entries) values[entry.name] = entry.value.value_or("");
        for (const auto& variable : service.environment) values[variable.name] = variable.value.value_or("");
        for (const std::string_view name : names) {
            const auto found = values.find(std::string(name));
            if (found == values.end() || !found->second.starts_with('/')) continue;
            const bool kept = std::any_of(service.volumes.begin(), service.volumes.end(),
                                          [&](const auto& volume) { return is_below(found->second, volume.target); });
            if (!kept)
                add(hits, compose, service, service.place,
                    fmt::format("{} of {} is {}, which isn't on a volume; uploads are lost with the container; mount a "
                                "volume there",
                                name, short_word(service.name), short_word(found->second)));
        }
    }
}

bool has_root_password(const ComposeService& service) {
    return std::any_of(service.environment.begin(), service.environment.end(), [](const auto& one) {
        return one.name.find("ROOT_PASSWORD") != std::string::npos && one.name.find("ALLOW") == std::string::npos &&
               !one.value.value_or("").empty();
    });
}

// Why a service lets in everybody who reaches its port, and what closes it.
struct Open {
    std::string_view why, way;
};
std::optional<Open> open_to_all(const ComposeService& service) {
    const auto sets = [&](std::string_view start, std::string_view value = {}) {
        return std::any_of(service.environment.begin(), service.environment.end(), [&](const auto& one) {
            return one.name.starts_with(start) && (value.empty() || lower(one.value.value_or("")) == value);
        });
    };
    const auto command = join(service.entrypoint, " ") + " " + join(service.command, " ") + " ";
    const bool may_say_more = !service.env_files.empty(); // in a file that isn't here, or on the server
    const auto image = image_parts(service.image);
    if (image.name == "graphql-engine" && !may_say_more && !sets("HASURA_GRAPHQL_ADMIN_SECRET"))
        return Open{"has no admin secret", "set HASURA_GRAPHQL_ADMIN_SECRET"};
    const Database* const database = database_of(service);
    if (database == nullptr) return std::nullopt;
    const auto& name = database->name;
    const bool bitnami = image.repository.find("bitnami") != std::string::npos && (may_say_more || sets("REDIS_PASS"));
    if ((name == "redis" || name == "valkey") && !bitnami && !has_any(command, {"requirepass", "aclfile", ".conf "}))
        return Open{"has no password", "add --requirepass"};
    if (name == "mongo" && !may_say_more && !sets("MONGO_INITDB_ROOT_USERNAME") &&
        !has_any(command, {"--auth", "--keyFile", "--config", " -f "}))
        return Open{"has no user", "set MONGO_INITDB_ROOT_USERNAME_FILE and MONGO_INITDB_ROOT_PASSWORD_FILE"};
    if (sets("xpack.security.enabled", "false") || sets("DISABLE_SECURITY_PLUGIN", "true"))
        return Open{"has its security switched off", "switch it on"};
    return std::nullopt;
}

void db_auth(const Compose& compose, const Project&, Hits& hits) {
    for (const auto& service : compose.read->services) {
        const auto told = [&](const ComposePlace& place, const std::string& what, const std::string& way) -> Hit& {
            return add(
                hits, compose, service, place,
                fmt::format("{} {}; anyone who reaches its port gets in; {}", short_word(service.name), what, way));
        };
        for (const auto& variable : service.environment) {
            const std::string value = lower(variable.value.value_or(""));
            const bool yes = !value.empty() && value != "0" && value != "no" && value != "false";
            if (variable.name == "POSTGRES_HOST_AUTH_METHOD" && value == "trust")
                told(variable.place, "trusts everybody", "remove POSTGRES_HOST_AUTH_METHOD");
            else if (variable.name == "NEO4J_AUTH" && value == "none")
                told(variable.place, "asks for no password", "write NEO4J_AUTH: neo4j/${NEO4J_PASSWORD:?}");
            else if (variable.name == "POSTGRES_INITDB_ARGS" && has_any(value, {"-host=md5", "--auth=md5"}))
                add(hits, compose, service, variable.place,
                    fmt::format("{} hashes passwords with md5; who gets a hash finds the password; use scram-sha-256",
                                short_word(service.name)))
                    .level = Level::warning; // pg_hba's md5 takes a SCRAM hash as well: POSTGRES_HOST_AUTH_METHOD
            else if (yes && !has_root_password(service) &&
                     (variable.name == "MYSQL_ALLOW_EMPTY_PASSWORD" ||
                      variable.name == "MARIADB_ALLOW_EMPTY_ROOT_PASSWORD"))
                told(variable.place, "has a root user without a password", "set MYSQL_ROOT_PASSWORD_FILE");
        }
        const auto open = open_to_all(service);
        const auto port = std::find_if(service.ports.begin(), service.ports.end(),
                                       [](const auto& one) { return !is_local(one.host_ip); });
        if (open && port != service.ports.end() && !is_only_internal(compose, service))
            set_cause_of_port(told(port->place, fmt::format("{} and is published", open->why),
                                   fmt::format("{}, or don't publish it", open->way)));
    }
}

}

std::span<const Rule> compose_data_rules() {
    static const Rule rows[] = {
        {.id = "compose-source-mount",
         .title = "The source is mounted over the image",
         .levels = deployed(Level::warning),
         .check = source_mount,
         .why = "The container then runs the code in the host's folder, not the code that was built and tested.",
         .way_out = "remove the mount from the file that is deployed",
         .refs = {"S2-30", "S2-31"}},
        {.id = "compose-mount-missing",
         .title = "A mount's source isn't in the repository",
         .levels = always(Level::warning),
         .check = mount_missing,
         .why = "In place of the missing source, Docker creates an empty folder that root owns, even if you meant a "
                "file.",
         .way_out = "add the file, or name a volume",
         .refs = {"S2-20"}},
        {.id = "compose-config-mount-rw",
         .title = "A container can write to its mounted configuration",
         .levels = deployed(Level::info),
         .check = config_mount_rw,
         .why =
             "An attacker in the container can change the file on the host, and the next start reads the changed file.",
         .way_out = "./nginx.conf:/etc/nginx/nginx.conf:ro",
         .peers = {"writable-host-mount"},
         .refs = {"S4-16"},
         .fix = Fix::safe},
        {.id = "compose-volume-undeclared",
         .title = "A volume is not declared",
         .levels = always(Level::error),
         .check = volume_undeclared,
         .why = "Compose refuses a named volume that isn't in the section `volumes:`.",
         .way_out = "volumes: {data: {}}",
         .refs = {"S2-36"},
         .fix = Fix::safe},
        {.id = "compose-anonymous-volume",
         .title = "Data is in a volume without a name",
         .levels = always(Level::info),
         .check = anonymous_volume,
         .why = "If the container is removed, Compose makes a new volume. The old data stays in a volume with a random "
                "name.",
         .way_out = "volumes: [\"uploads:/app/uploads\"]",
         .refs = {"S4-23"}},
        {.id = "compose-db-volume",
         .title = "A database keeps its data in the container",
         .levels = deployed(Level::error),
         .check = db_volume,
         .why = "When you deploy the next version of the image, the new container starts without the data. From "
                "postgres 18 on, mount the volume at /var/lib/postgresql.",
         .way_out = "volumes: [\"pgdata:/var/lib/postgresql/data\"]",
         .refs = {"S2-03", "S2-121"}},
        {.id = "compose-backup-volume",
         .title = "Nothing backs the database up",
         .levels = deployed(Level::warning),
         .check = backup_volume,
         .why = "A volume is on one disk: if the disk fails and there is no backup elsewhere, the data is lost.",
         .way_out = "backup: in fairlead.yml, or a service that dumps to other storage",
         .refs = {"S1-78", "S1-91"}},
        {.id = "compose-upload-volume",
         .title = "Uploads are kept in the container",
         .levels = always(Level::info),
         .check = upload_volume,
         .why = "The next deployment removes the container, and the uploads with it.",
         .way_out = "volumes: [\"uploads:/app/uploads\"]",
         .refs = {"S4-17"}},
        {.id = "compose-db-auth",
         .title = "A database lets everybody in",
         .levels = always(Level::error),
         .check = db_auth,
         .why =
             "Everybody gets in without a password if PostgreSQL's method is `trust`, if root's password is empty, or "
             "if a server without a password (redis, mongo, elasticsearch, Hasura) publishes its port. PostgreSQL's "
             "method `md5` is broken; for this method, the level is warning.",
         .way_out = "POSTGRES_INITDB_ARGS: --auth-host=scram-sha-256",
         .refs = {"S2-17"}}};
    return rows;
}

}
