#include "preflight/parts/compose_parts.h"
#include "base/path.h"
#include "base/secrets/credentials.h"
#include "base/text.h"
#include "base/words.h"
#include "preflight/parts/code_lines.h"
#include "preflight/subjects.h"
#include "read/shell/shell_text.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::preflight::compose {
namespace {

constexpr Database databases[] = {
    {"postgres", "5432", "/var/lib/postgresql/data", true},
    {"postgis", "5432", "/var/lib/postgresql/data", true},
    {"pgvector", "5432", "/var/lib/postgresql/data", true},
    {"timescaledb", "5432", "/var/lib/postgresql/data", true},
    {"timescaledb-ha", "5432", "/home/postgres/pgdata/data", true},
    {"mysql", "3306", "/var/lib/mysql", true},
    {"mariadb", "3306", "/var/lib/mysql", true},
    {"percona", "3306", "/var/lib/mysql", true},
    {"mongo", "27017", "/data/db", false},
    {"redis", "6379", "/data", false},
    {"valkey", "6379", "/data", false},
    {"memcached", "11211", "", false},
    {"elasticsearch", "9200", "/usr/share/elasticsearch/data", false},
    {"opensearch", "9200", "/usr/share/opensearch/data", false},
    {"rabbitmq", "5672", "/var/lib/rabbitmq", false},
};

constexpr std::string_view proxies[] = {
    "nginx",       "nginx-unprivileged", "traefik", "caddy", "haproxy", "envoy", "httpd", "kong", "swag", "openresty",
    "nginx-proxy", "nginx-proxy-manager"};

bool is_one(std::span<const std::string_view> words, std::string_view word) {
    return std::find(words.begin(), words.end(), word) != words.end();
}

std::string_view line_end(std::string_view text) { return text.find("\r\n") == text.npos ? "\n" : "\r\n"; }

}

std::string short_word(std::string_view name) {
    constexpr std::size_t most = 32;
    const auto hidden = hide_credentials(name.substr(0, 4096)); // before it is cut: half a URL is none
    return hidden.size() <= most ? hidden : to_valid_utf8(std::string_view(hidden).substr(0, most - 1)) + "…";
}

std::string short_file(std::string_view path) { return short_word(path.substr(path.rfind('/') + 1)); }

Hit& add(Hits& hits, const Compose& compose, const ComposePlace& place, std::string message) {
    const std::string& file = compose.read->file(place);
    return hits.add(file.empty() && !compose.files.empty() ? compose.files[0] : file, place.line, place.column,
                    hide_credentials(message));
}

void set_cause_of_port(Hit& hit) { hit.cause = fmt::format("port\n{}\n{}:{}", hit.file, hit.line, hit.column); }

Hit& add(Hits& hits, const Compose& compose, const ComposeService& service, const ComposePlace& place,
         std::string message) {
    Hit& hit = add(hits, compose, place, std::move(message));
    if (!service.active) hit.level = Level::info;
    return hit;
}

namespace {

bool declares(const Compose& compose, std::string_view section, const std::string& name) {
    if (section == "services") return compose.read->service(name) != nullptr;
    const auto* const declared = compose.read->model.find(section);
    return declared != nullptr && declared->find(name) != nullptr;
}

}

bool is_part(const Compose& compose, const Project& project) {
    constexpr std::size_t most = 8; // names are asked for: the answer is the same for hundreds
    std::vector<std::pair<std::string_view, std::string>> missing;
    const auto use = [&](std::string_view section, const std::string& name) {
        if (missing.size() < most && !name.empty() && !declares(compose, section, name))
            missing.emplace_back(section, name);
    };
    for (const auto& service : compose.read->services) {
        if (const auto* const used = value_of(service, "networks"))
            for (const auto& item : used->items)
                if (const auto& name = used->is_map() ? item.key : item.text; name != "default") use("networks", name);
        for (const auto& dependency : service.depends_on) use("services", dependency.service);
    }
    // docker-compose.prod.yml is laid over the plain file beside it, even if that file is marked for development.
    const auto& file = compose.files.front();
    const bool is_plain = is_one_of(read::compose_file_names, file_name(file));
    const auto may_be_below = [&](const Compose& other) {
        const bool is_beside = folder_of(other.files.front()) == folder_of(file) &&
                               is_one_of(read::compose_file_names, file_name(other.files.front()));
        return other.profile != Profile::development || compose.profile == Profile::development ||
               (is_beside && !is_plain);
    };
    return std::any_of(missing.begin(), missing.end(), [&](const auto& one) {
        return std::any_of(project.composes.begin(), project.composes.end(), [&](const Compose& other) {
            return may_be_below(other) && declares(other, one.first, one.second);
        });
    });
}

bool lacks_image(const Compose& compose, const ComposeService& service, const Project& project) {
    const auto& file = compose.files.front();
    if (!is_one_of(read::compose_file_names, file_name(file)) || service.build || service.at("provider")) return false;
    if (const auto* const image = service.at("image")) {
        const auto is_there = [&](const auto& one) { return one.place.line == image->place.line; };
        const auto& references = compose.read->references; // what ${IMAGE} left empty is told where it is set
        if (!image->text.empty() || std::any_of(references.begin(), references.end(), is_there)) return false;
    }
    for (const auto& raw : compose.read->raw) // what can't be read there is told already
        if (const auto* const services = raw.find("services"))
            if (const auto* const own = services->find(service.name); own && own->find("extends")) return false;
    // overlays/staging/compose.yaml: it names no image at all, and is laid over a file of another folder.
    const auto& services = compose.read->services;
    const bool has_image =
        std::any_of(services.begin(), services.end(), [](const auto& one) { return one.build || !one.image.empty(); });
    const auto is_below = [&](const Compose& other) {
        const auto* const same = other.read->service(service.name);
        return folder_of(other.files.front()) != folder_of(file) && same && (same->build || !same->image.empty());
    };
    if (!folder_of(file).empty() && !has_image &&
        std::any_of(project.composes.begin(), project.composes.end(), is_below))
        return false;
    return std::none_of(project.composes.begin(), project.composes.end(), [&](const Compose& other) {
        const auto* const same = other.read->service(service.name);
        if (is_one_of(read::compose_file_names, file_name(other.files.front())))
            return false; // of a project of its own
        return same && (same->build || !same->image.empty() || same->at("provider"));
    });
}

ImageParts image_parts(std::string_view text) {
    ImageParts image;
    if (const auto at = text.find('@'); at != text.npos) {
        image.digest = text.substr(at + 1);
        text = text.substr(0, at);
    }
    const auto slash = text.rfind('/');
    const auto colon = text.find(':', slash == text.npos ? 0 : slash);
    if (colon != text.npos) image.tag = text.substr(colon + 1);
    image.repository = text.substr(0, colon);
    image.name = std::string_view(image.repository).substr(slash == text.npos ? 0 : slash + 1);
    return image;
}

namespace {

// /scripts/backup.sh, sh /pg_dump.sh, and no server beside it.
bool starts_backup(const std::vector<std::string>& words) {
    const auto at = words.size() > 1 && read::is_shell(file_name(words.front())) ? 1u : 0u;
    const auto whole = lower(join(words, " "));
    const auto name = lower(file_name(words[at]));
    return name.ends_with(".sh") && has_any(name, {"backup", "dump", "restore"}) &&
           !has_any(whole, {"docker-entrypoint", "mysqld", "mongod", "-server"});
}

// crond, mkdir -p /data, sh -c "while true; do psql …": in the database's image, but not the server.
bool starts_client(const ComposeService& service) {
    constexpr std::string_view clients[] = {"psql",      "pg_dump", "pg_dumpall", "pg_restore", "mysql",
                                            "mysqldump", "mongo",   "mongosh",    "mongodump",  "redis-cli",
                                            "crond",     "cron",    "sleep",      "pg_isready", "mkdir",
                                            "tail",      "echo",    "true",       "chown",      "cp"};
    auto words = service.entrypoint;
    words.insert(words.end(), service.command.begin(), service.command.end());
    if (words.empty()) return false;
    const auto first = file_name(words.front());
    if (starts_backup(words)) return true;
    if (words.size() < 2 || !read::is_shell(first)) return is_one(clients, first);
    const auto script = " " + replace_all(join(words, " "), "\n", " ");
    const auto has = [&](std::string_view word) { return script.find(word) != script.npos; };
    return (has(" psql ") || has(" pg_dump") || has(" mysqldump ") || has(" mysql ") || has(" mongosh ") ||
            has(" redis-cli ") || has(" crond ")) &&
           !has("docker-entrypoint") && !has(" postgres ") && !has("mysqld ") && !has("mongod ") && !has("-server");
}

}

const Database* database_of(const ComposeService& service) {
    return starts_client(service) ? nullptr : database_in_image(service);
}

const Database* database_in_image(const ComposeService& service) { return database_named(service.image); }

const Database* database_named(std::string_view image) {
    const std::string name = lower(image_parts(image).name);
    const auto found = std::find_if(std::begin(databases), std::end(databases),
                                    [&](const Database& database) { return database.name == name; });
    return found == std::end(databases) ? nullptr : found;
}

bool mounts_settings(const ComposeService& service) {
    return std::any_of(service.volumes.begin(), service.volumes.end(), [](const read::ComposeVolume& volume) {
        return volume.type == "bind" && has_any(volume.target, {".conf", ".cnf", "/conf"});
    });
}

bool is_proxy(const ComposeService& service) {
    constexpr std::string_view names[] = {"nginx", "proxy", "reverse-proxy", "traefik", "caddy", "gateway", "haproxy"};
    return is_one(proxies, lower(image_parts(service.image).name)) || is_one(names, lower(service.name));
}

bool is_local(std::string_view address) {
    return address.starts_with("127.") || address == "::1" || address == "[::1]" || address == "localhost";
}

bool is_only_internal(const Compose& compose, const ComposeService& service) {
    const auto* const networks = compose.read->model.find("networks");
    if (networks == nullptr || service.networks.empty() || value_of(service, "network_mode") != nullptr) return false;
    return std::all_of(service.networks.begin(), service.networks.end(), [&](const std::string& name) {
        const auto* const network = networks->find(name);
        return network != nullptr && network->text_at("internal") == "true" && network->text_at("external") != "true";
    });
}

namespace {

// until pg_isready -h db; do sleep 1; done: a client of the image, instead of its server.
bool asks_for_readiness(const ComposeService& service) {
    const auto words = join(service.entrypoint, " ") + " " + join(service.command, " ");
    return service.ports.empty() &&
           has_any(words, {"pg_isready", "mysqladmin ping", "mysqladmin -h", "mariadb-admin ping"}) &&
           !has_any(words, {"docker-entrypoint", "exec postgres", "exec mysqld", "mysqld ", "pg_ctl"});
}

// A second one of a server that refuses to begin without a password: it waits until the first one is healthy, and ends.
bool only_waits(const ComposeProject& project, const ComposeService& service) {
    const auto* const database = database_named(service.image);
    if (database == nullptr || !is_one_of(database->name, {"postgres", "mysql", "mariadb"})) return false;
    if (asks_for_readiness(service)) return true;
    const bool is_bare = service.environment.empty() && service.env_files.empty() && service.command.empty() &&
                         service.entrypoint.empty() && service.volumes.empty() && service.ports.empty() &&
                         !service.build && service.at("configs") == nullptr && service.at("secrets") == nullptr;
    const auto waits_for = [&](const auto& dependency) {
        const auto* const other = project.service(dependency.service);
        return other != nullptr && database_named(other->image) == database;
    };
    const auto& all = service.depends_on;
    if (!is_bare || std::none_of(all.begin(), all.end(), waits_for)) return false;
    return std::none_of(project.services.begin(), project.services.end(), [&](const ComposeService& other) {
        const auto names_it = [&](std::string_view text) { return holds_word(text, service.name, '-'); };
        return &other != &service && (std::any_of(other.environment.begin(), other.environment.end(),
                                                  [&](const auto& one) { return names_it(one.value.value_or("")); }) ||
                                      names_it(join(other.command, " ")) || names_it(join(other.entrypoint, " ")));
    });
}

}

Jobs::Jobs(const ComposeProject& project) {
    constexpr std::string_view words[] = {"migrate", "migrations", "migration", "init", "setup", "seed"};
    for (const ComposeService& service : project.services) {
        if (is_one(words, lower(service.name)) || only_waits(project, service)) names_.insert(service.name);
        for (const auto& dependency : service.depends_on)
            if (dependency.condition == "service_completed_successfully") names_.insert(dependency.service);
    }
}

bool runs_on(const ComposeService& service, const Jobs& jobs) {
    return (!service.image.empty() || service.build) && !jobs.has(service) && service.at("provider") == nullptr;
}

const Dockerfile* dockerfile_of(const ComposeService& service, const Project& project) {
    if (!service.build) return nullptr;
    const auto path = dockerfile_taken(project, path_in(service.build->context, service.build->dockerfile));
    const Dockerfile* found = nullptr;
    for (const Dockerfile& file : project.dockerfiles)
        if (file.file == path && (found == nullptr || file.target == service.build->target)) found = &file;
    return found;
}

const ComposeValue* value_of(const ComposeService& service, std::string_view path) {
    const ComposeValue* const value = service.at(path);
    return value == nullptr || value->kind == ComposeValue::Kind::null ? nullptr : value;
}

bool lets_in_without_password(const Compose& compose) {
    return std::any_of(compose.read->services.begin(), compose.read->services.end(), [](const auto& service) {
        return std::any_of(service.environment.begin(), service.environment.end(), [](const auto& one) {
            return one.name.find("ALLOW_EMPTY") != std::string::npos || one.name == "POSTGRES_HOST_AUTH_METHOD";
        });
    });
}

const Texts::File* Texts::file(int number) {
    const auto [found, is_new] = files_.try_emplace(number);
    if (is_new) {
        const auto text = project_.read(compose_.read->file({number, 1, 1}));
        if (text) found->second.text = *text;
        if (text) found->second.lines.emplace(found->second.text);
    }
    return found->second.lines ? &found->second : nullptr;
}

std::optional<std::size_t> Texts::offset(const ComposePlace& place) {
    const File* const file = this->file(place.file);
    if (file == nullptr || place.line < 1) return std::nullopt;
    std::size_t at = file->lines->start(place.line);
    for (int column = 1; column < place.column && at < file->text.size(); ++column) do
            ++at;
        while (at < file->text.size() && (static_cast<unsigned char>(file->text[at]) & 0xC0) == 0x80);
    return at;
}

namespace {

// The name behind & in "web: &web"; empty: there is none.
std::string_view anchor_in(std::string_view line) {
    const auto colon = line.find(": &"), item = line.find("- &");
    const auto at = std::min(colon, item);
    if (at == line.npos) return {};
    const auto name = line.substr(at + 3);
    return name.substr(0, name.find_first_of(" \t\r"));
}

}

// A change there would be one of whatever takes the block by its anchor: a job, a service of development.
bool Texts::is_shared(const ComposePlace& place) {
    const File* const file = this->file(place.file);
    if (file == nullptr || place.line < 1) return false;
    std::size_t deepest = std::string::npos;
    for (int number = place.line; number > 0; --number) {
        const auto start = file->lines->start(number);
        const auto line = std::string_view(file->text).substr(start, file->lines->start(number + 1) - start);
        const auto indent = line.find_first_not_of(" \t\r\n");
        if (indent == line.npos || line[indent] == '#' || indent >= deepest) continue;
        deepest = indent;
        const std::string alias = "*" + std::string(trim(anchor_in(line)));
        for (auto at = file->text.find(alias); alias.size() > 1 && at != std::string::npos;
             at = file->text.find(alias, at + 1)) {
            const auto end = at + alias.size();
            if (end == file->text.size() || std::string_view(" ,]}\r\n").find(file->text[end]) != std::string::npos)
                return true;
        }
        if (indent == 0) break;
    }
    return false;
}

// It extends another one, whose keys it has as well, or another one extends it.
bool Texts::is_in_extension(const std::string& service) const {
    for (const auto& written : compose_.read->raw) {
        const auto* const all = written.find("services");
        if (all == nullptr) continue;
        for (const auto& one : all->items) {
            const auto* const extends = one.find("extends");
            if (extends == nullptr) continue;
            const auto* const named = extends->is_scalar() ? extends : extends->find("service");
            if (one.key == service || (named != nullptr && named->text == service)) return true;
        }
    }
    return false;
}

std::optional<Edit> Texts::instead(const ComposePlace& place, std::string_view old, std::string text) {
    const auto at = offset(place);
    if (is_shared(place)) return std::nullopt;
    if (!at || std::string_view(file(place.file)->text).substr(*at, old.size()) != old) return std::nullopt;
    return Edit{compose_.read->file(place), *at, *at + old.size(), std::move(text)};
}

std::optional<Edit> Texts::instead(const ComposeValue& scalar, std::string text) {
    const std::string written(scalar.as_written());
    for (const std::string& old : {written, '"' + written + '"', "'" + written + "'"})
        if (auto edit = instead(scalar.place, old, text)) return edit;
    return std::nullopt;
}

std::optional<Edit> Texts::key_of(const ComposeService& service, std::string_view lines) {
    if (is_in_extension(service.name)) return std::nullopt;
    const auto first = std::find_if(service.value.items.begin(), service.value.items.end(), [&](const auto& item) {
        return item.key_place.file == service.place.file && item.key_place.line > service.place.line;
    });
    if (first == service.value.items.end()) return std::nullopt;
    const auto at = offset(first->key_place);
    if (!at || is_shared(first->key_place)) return std::nullopt;
    const std::size_t start = file(service.place.file)->lines->start(first->key_place.line);
    const std::string indent = file(service.place.file)->text.substr(start, *at - start);
    if (indent.empty() || indent.find_first_not_of(' ') != std::string::npos) return std::nullopt;
    std::string text;
    const std::string& whole = file(service.place.file)->text;
    for (const std::string& line : split(lines, '\n')) text += indent + line + std::string(line_end(whole));
    return Edit{compose_.read->file(service.place), start, start, std::move(text)};
}

std::optional<Edit> Texts::append(const std::string& path, std::string lines) {
    const auto text = project_.read(path);
    if (!text) return std::nullopt;
    if (!text->empty() && text->back() != '\n') lines.insert(0, "\n");
    return Edit{path, text->size(), text->size(), replace_all(lines, "\n", line_end(*text))};
}

std::optional<Edit> Texts::without_line(const ComposePlace& place) {
    const File* const file = this->file(place.file);
    if (file == nullptr || place.line < 1) return std::nullopt;
    const auto line = std::string_view(file->text).substr(file->lines->start(place.line));
    if (line.substr(0, line.find('\n')).find(" #") != line.npos) return std::nullopt; // a comment would go with it
    return Edit{compose_.read->file(place), file->lines->start(place.line), file->lines->start(place.line + 1), ""};
}

}
