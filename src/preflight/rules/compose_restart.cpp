#include "base/path.h"
#include "base/text.h"
#include "base/words.h"
#include "preflight/parts/compose_parts.h"
#include "preflight/rules/groups.h"
#include "read/dockerfile/dockerfile.h"
#include <algorithm>
#include <fmt/format.h>

// Whether a service comes back after a crash.
namespace fairlead::preflight {

namespace {

using namespace compose;

// Programs that serve until somebody stops them.
bool names_server(std::string_view word) {
    const auto name = lower(file_name(word));
    return is_one_of(
               name,
               {"gunicorn",   "uvicorn",   "hypercorn",    "daphne",    "granian",    "uwsgi",     "nginx",
                "httpd",      "apache2",   "puma",         "unicorn",   "php-fpm",    "caddy",     "traefik",
                "haproxy",    "envoy",     "redis-server", "postgres",  "mysqld",     "mariadbd",  "mongod",
                "sshd",       "runserver", "serve",        "server.js", "server.mjs", "server.py", "apache2-foreground",
                "catalina.sh"}) ||
           name.ends_with("-server") || name.ends_with("server.dll");
}

bool starts_server(const std::vector<std::string>& words) {
    return std::any_of(words.begin(), words.end(), [](const std::string& word) {
        const auto parts = split(replace_all(word, "\n", " "), ' '); // sh -c "migrate && gunicorn shop"
        return std::any_of(parts.begin(), parts.end(), [](const std::string& part) { return names_server(part); });
    });
}

// The last CMD and ENTRYPOINT of its own Dockerfile.
std::vector<std::string> start_of_image(const Dockerfile& file) {
    std::vector<std::string> words;
    for (const std::size_t stage : file.read->chain(file.target))
        for (auto at = file.read->stages[stage].first; at < file.read->stages[stage].end; ++at) {
            const auto& one = file.read->instructions[at];
            if (one.verb != read::Verb::cmd && one.verb != read::Verb::entrypoint) continue;
            words.clear();
            for (const auto& word : one.words) words.push_back(word.text);
            if (one.words.empty()) words.push_back(std::string(one.arguments));
        }
    return words;
}

// Whether it surely runs on: it is asked how it is, or what it starts serves. A job may publish a port, too.
bool surely_runs_on(const ComposeService& service, const Project& project) {
    if (service.healthcheck && !service.healthcheck->disabled) return true;
    const auto words = service.command.empty() ? service.entrypoint : service.command;
    if (!words.empty()) return starts_server(words);
    const auto* const image = dockerfile_of(service, project);
    if (service.build) return image != nullptr && image->read && starts_server(start_of_image(*image));
    const auto name = lower(image_parts(service.image).name);
    return database_in_image(service) != nullptr || names_server(name);
}

void compose_restart(const Compose& compose, const Project& project, Hits& hits) {
    Texts texts(compose, project);
    const Jobs jobs(*compose.read);
    for (const auto& service : compose.read->services) {
        const auto* const value = value_of(service, "restart");
        const auto condition = service.text("deploy.restart_policy.condition");
        const bool by_deploy = service.at("deploy.restart_policy") != nullptr && condition != "none";
        const bool none = value == nullptr ? !by_deploy : value->text == "no" || value->text == "false";
        if (!none || !runs_on(service, jobs)) continue;
        Hit& hit = add(hits, compose, service, value == nullptr ? service.place : value->place,
                       fmt::format("{} has {}; it stays down after a crash; add restart: unless-stopped",
                                   short_word(service.name), value == nullptr ? "no restart policy" : "restart: no"));
        // One that says no, or that may end, may be meant to: a backup, a renewal, an import.
        if (value != nullptr || !surely_runs_on(service, project)) continue;
        if (const auto edit = texts.key_of(service, "restart: unless-stopped")) hit.edits = {*edit};
    }
}

}

std::span<const Rule> compose_restart_rules() {
    static const Rule rows[] = {
        {.id = "compose-restart",
         .title = "A service has no restart policy",
         .levels = deployed(Level::warning),
         .check = compose_restart,
         .why = "After a crash or a reboot, nothing starts the service again. Services that end on purpose are not "
                "reported. `--fix` changes only services that have a healthcheck or start a known server, because any "
                "other service may be a job.",
         .way_out = "restart: unless-stopped",
         .refs = {"S2-26", "CIS 5.14"},
         .fix = Fix::safe},
    };
    return rows;
}

}
