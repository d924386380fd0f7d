#include "base/path.h"
#include "base/text.h"
#include "project/development.h"
#include "project/emulators.h"
#include "read/compose/compose.h"
#include <algorithm>
#include <set>
#include <vector>

// Marks of development in a compose file.
namespace fairlead::project {

namespace {

// A word of a command that serves while files change, or that keeps a container open for a person.
bool reloads(const read::ComposeService& service) {
    std::string words = " ";
    for (const auto* all : {&service.entrypoint, &service.command})
        for (const auto& word : *all) words += word + " ";
    return has_any(words, {" --reload ", "--reload-dir", " runserver", " nodemon", " --debug ", " run dev ",
                           " start:dev ", " run start:dev", " dev ", " watch ", " vite ", " next dev", " air ",
                           " --watch ", " bin/dev ", " dev:", " debugpy ", " sleep infinity ", " -f /dev/null "});
}

// NODE_ENV, SPRING_PROFILES_ACTIVE
bool names_environment(std::string_view name) {
    constexpr std::string_view names[] = {"DJANGO_SETTINGS_MODULE",
                                          "NODE_ENV",
                                          "RAILS_ENV",
                                          "RACK_ENV",
                                          "APP_ENV",
                                          "FLASK_ENV",
                                          "ASPNETCORE_ENVIRONMENT",
                                          "SPRING_PROFILES_ACTIVE",
                                          "DJANGO_CONFIGURATION",
                                          "ENVIRONMENT",
                                          "ENV",
                                          "APP_SETTINGS",
                                          "MIX_ENV"};
    // What a bundler takes into the page: REACT_APP_ENV, VITE_APP_ENV.
    for (const std::string_view prefix : {"REACT_APP_", "NEXT_PUBLIC_", "VITE_", "VUE_APP_"})
        if (name.starts_with(prefix)) name.remove_prefix(prefix.size());
    return std::find(std::begin(names), std::end(names), name) != std::end(names);
}

}

bool sets_development(std::string_view name, std::string_view value) {
    if (!names_environment(name)) return false;
    const auto small = lower(value);
    const auto last = small.substr(small.find_last_of(".:/") + 1); // npos + 1 is 0
    return has_any(" " + last + " ",
                   {" dev ", " development ", " local ", " develop ", " test ", " testing ", " developmentconfig "});
}

namespace {

bool is_set_to_develop(const read::ComposeService& service) {
    return std::any_of(service.environment.begin(), service.environment.end(), [](const read::ComposeVariable& one) {
        return sets_development(one.name, one.value.value_or(""));
    });
}

// Nobody serves users with the settings of tests.
bool is_set_to_test(const read::ComposeService& service) {
    return std::any_of(service.environment.begin(), service.environment.end(), [](const read::ComposeVariable& one) {
        const bool names = one.name.ends_with("_ENV") || one.name.ends_with("_ENVIRONMENT");
        return names && (one.value == "test" || one.value == "testing");
    });
}

std::string_view image_name(const read::ComposeService& service) { // "postgres"
    return file_name(std::string_view(service.image).substr(0, service.image.find(':')));
}

// What stands in for others, or loads the application: the whole file is a test.
bool tests_others(const read::ComposeService& service) {
    constexpr std::string_view names[] = {"wiremock",          "jmeter", "k6", "locust", "mockserver",
                                          "standalone-chrome", "gatling"};
    const auto name = image_name(service);
    return std::find(std::begin(names), std::end(names), name) != std::end(names);
}

// vault server -dev keeps everything in memory, and its key is known.
bool is_in_mode_of_development(const read::ComposeService& service) {
    return service.image.find("vault") != std::string::npos &&
           std::find(service.command.begin(), service.command.end(), "-dev") != service.command.end();
}

// It takes mail and sends none.
bool swallows_mail(const read::ComposeService& service) {
    const auto name = image_name(service);
    return name == "mailhog" || name == "mailpit" || name == "maildev" || name == "mailcatcher" || name == "inbucket" ||
           name == "greenmail";
}

bool builds_to_develop(const read::ComposeService& service) {
    constexpr std::string_view targets[] = {"dev", "develop", "development", "local", "test", "debug"};
    if (!service.build || service.build->target.empty()) return false;
    const auto words = split(service.build->target, '-'); // dev-full
    return std::any_of(words.begin(), words.end(), [&](const std::string& word) {
        return std::find(std::begin(targets), std::end(targets), word) != std::end(targets);
    });
}

// shop-dev
bool is_named_for_development(const read::ComposeService& service) {
    return service.build && (service.name.ends_with("-dev") || service.name.ends_with("_dev"));
}

// `folder`: of the compose file.
bool mounts_all_of_source(const read::ComposeService& service, std::string_view folder) {
    return service.build &&
           std::any_of(service.volumes.begin(), service.volumes.end(), [&](const read::ComposeVolume& volume) {
               constexpr std::string_view homes[] = {"/var/www", "/var/www/html", "/app",     "/code",
                                                     "/src",     "/usr/src/app",  "/srv/app", "/workspace"};
               const bool is_home = std::find(std::begin(homes), std::end(homes), volume.target) != std::end(homes);
               const bool is_inside = !volume.source.starts_with('/') && !volume.source.starts_with('~') &&
                                      !volume.source.starts_with("..");
               return volume.type == "bind" && !volume.read_only &&
                      (volume.source == service.build->context || volume.source == folder || (is_home && is_inside));
           });
}

// The project's root, or a folder above the context: docker/php/Dockerfile with .. over it.
bool mounts_all_above(const read::ComposeService& service) {
    if (!service.build) return false;
    const std::string& context = service.build->context;
    return std::any_of(service.volumes.begin(), service.volumes.end(), [&](const read::ComposeVolume& volume) {
        const bool is_above = volume.source == "." || context.starts_with(volume.source + "/");
        return volume.type == "bind" && !volume.read_only && !volume.source.empty() && volume.source != context &&
               is_above;
    });
}

// Shows a database's tables to those who work on the program.
bool shows_tables(const read::ComposeService& service) {
    constexpr std::string_view names[] = {"phpmyadmin", "adminer", "pgadmin4", "mongo-express", "redis-commander"};
    const auto name = image_name(service);
    return std::find(std::begin(names), std::end(names), name) != std::end(names);
}

// PHP's debugger: nobody serves users with it.
bool has_debugger(const read::ComposeService& service) {
    const auto names_it = [](std::string_view text) { return text.find("xdebug") != text.npos; };
    return std::any_of(service.volumes.begin(), service.volumes.end(),
                       [&](const read::ComposeVolume& volume) { return names_it(lower(volume.source)); }) ||
           std::any_of(service.environment.begin(), service.environment.end(),
                       [](const read::ComposeVariable& one) { return one.name.starts_with("XDEBUG_"); });
}

// tty: true, stdin_open: true: a person sits before it.
bool is_for_a_person(const read::ComposeService& service) {
    const auto is_on = [&](std::string_view key) {
        const auto* const value = service.at(key);
        return value != nullptr && value->text == "true";
    };
    return is_on("tty") || is_on("stdin_open");
}

constexpr std::string_view sql_servers[] = {"postgres", "mysql", "mariadb", "mssql", "server"};

std::string_view sql_server_of(const read::ComposeService& service) {
    const auto name = image_name(service);
    const auto* const found = std::find(std::begin(sql_servers), std::end(sql_servers), name);
    const bool is_other = name == "server" && service.image.find("mssql") == std::string::npos;
    return found == std::end(sql_servers) || is_other ? "" : *found;
}

// Built from a server's image, which reads these.
bool builds_sql_server(const read::ComposeService& service) {
    return service.build &&
           std::any_of(service.environment.begin(), service.environment.end(),
                       [](const read::ComposeVariable& one) {
                           return one.name == "POSTGRES_PASSWORD" || one.name == "MYSQL_ROOT_PASSWORD" ||
                                  one.name == "MARIADB_ROOT_PASSWORD";
                       }) &&
           std::any_of(service.ports.begin(), service.ports.end(),
                       [](const read::ComposePort& port) { return port.target == "5432" || port.target == "3306"; });
}

bool publishes_database(const read::ComposeProject& compose) {
    return std::any_of(compose.services.begin(), compose.services.end(), [](const read::ComposeService& service) {
        return (!sql_server_of(service).empty() && !service.ports.empty()) || builds_sql_server(service);
    });
}

// Three kinds of SQL servers at once: what is tried with each of them.
bool tries_servers(const read::ComposeProject& compose) {
    std::set<std::string_view> kinds;
    for (const auto& service : compose.services) kinds.insert(sql_server_of(service));
    kinds.erase("");
    return kinds.size() > 2;
}

// develop: {watch: …}: docker compose watch copies what is edited into the container.
bool is_watched(const read::ComposeService& service) {
    const auto* const develop = service.at("develop");
    return develop != nullptr && develop->find("watch") != nullptr;
}

bool is_sail(const read::ComposeService& service) {
    return service.image.starts_with("sail-") ||
           (service.build && service.build->context.find("vendor/laravel/sail") != std::string::npos);
}

}

namespace {

// Laravel Sail's network: what remains of its file with another image.
bool has_network_of_sail(const read::ComposeProject& compose) {
    const auto* const networks = compose.model.find("networks");
    return networks != nullptr && networks->find("sail") != nullptr;
}

}

namespace {

// node:22, docker.io/library/python, oven/bun: a language, and no program.
bool runs_language(const read::ComposeService& service) {
    constexpr std::string_view languages[] = {"node",   "python", "ruby",   "golang",         "php",
                                              "bun",    "deno",   "rust",   "perl",           "openjdk",
                                              "elixir", "maven",  "gradle", "eclipse-temurin"};
    return !service.build &&
           std::find(std::begin(languages), std::end(languages), image_name(service)) != std::end(languages);
}

std::string without_end(std::string folder) { // "/app/" is "/app"
    while (folder.size() > 1 && folder.ends_with('/')) folder.pop_back();
    return folder;
}

// Where the command works: what compose says, else what the command itself names.
bool works_in(const read::ComposeService& service, const std::string& folder) {
    if (folder.empty() || folder == "/") return false;
    if (const auto* const said = service.at("working_dir")) {
        const auto works = without_end(std::string(said->text));
        return works == folder || works.starts_with(folder + "/");
    }
    std::string words = " ";
    for (const auto* all : {&service.entrypoint, &service.command})
        for (const auto& word : *all) words += word + " ";
    return words.find(" " + folder + "/") != words.npos || words.find(" " + folder + " ") != words.npos;
}

}

std::string source_in_language(const read::ComposeService& service) {
    if (!runs_language(service)) return {};
    const auto found = std::find_if(service.volumes.begin(), service.volumes.end(), [&](const auto& volume) {
        return volume.type == "bind" && !volume.source.empty() && !volume.source.starts_with('/') &&
               !volume.source.starts_with('~') && works_in(service, without_end(volume.target));
    });
    return found == service.volumes.end() ? "" : found->source;
}

bool mounts_source(const read::ComposeService& service) {
    if (!service.build && !service.image.empty()) return !source_in_language(service).empty();
    const std::string context = service.build ? service.build->context : "."; // laid over a file that builds it
    return std::any_of(service.volumes.begin(), service.volumes.end(), [&](const read::ComposeVolume& volume) {
        if (volume.type != "bind") return false;
        if (volume.source == context) return true;
        if (volume.read_only) return false;
        const bool inside = context == "." ? !volume.source.starts_with('/') && !volume.source.starts_with("..")
                                           : volume.source.starts_with(context + "/");
        // A folder of the source: one file, or what a program writes, is mounted in production, too.
        const auto name = file_name(volume.source);
        return inside && name.find('.') == name.npos &&
               !has_any(lower(name), {"data", "media", "upload", "log", "static", "storage", "config", "conf", "cert",
                                      "ssl", "backup", "volume", "tmp", "cache", "init", "nginx", "letsencrypt"});
    });
}

std::optional<Mark> development_service(const read::ComposeProject& compose) {
    const bool opens_database = publishes_database(compose), tries = tries_servers(compose);
    const bool is_sails = has_network_of_sail(compose);
    const bool shows = std::any_of(compose.services.begin(), compose.services.end(), shows_tables);
    for (const auto& service : compose.services) {
        const bool develops = is_set_to_develop(service) || reloads(service) || builds_to_develop(service);
        if (is_named_for_development(service) || is_sail(service) || is_sails || is_set_to_test(service) ||
            swallows_mail(service) || has_debugger(service) || is_emulator(service) || is_told_to_develop(service) ||
            tries || tests_others(service) || is_in_mode_of_development(service) ||
            ((mounts_source(service) || is_watched(service)) && develops) || (mounts_all_above(service) && shows) ||
            (mounts_all_of_source(service, compose.directory) && (opens_database || is_for_a_person(service))))
            return Mark{service.place.line, service.name};
    }
    return std::nullopt;
}

bool says_development(const read::ComposeProject& compose) {
    return std::any_of(compose.services.begin(), compose.services.end(), is_set_to_develop);
}

bool is_all_development(const read::ComposeProject& compose) {
    bool develops = false, serves = false;
    for (const auto& service : compose.services)
        for (const auto& one : service.environment) {
            const auto value = one.value.value_or("");
            if (sets_development(one.name, value))
                develops = true;
            else if (names_environment(one.name) && !value.empty())
                serves = true;
        }
    return develops && !serves;
}

}
