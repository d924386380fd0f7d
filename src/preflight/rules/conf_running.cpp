#include "base/text.h"
#include "base/time.h"
#include "preflight/kinds.h"
#include "preflight/parts/conf_values.h"
#include "preflight/rules/env_lines.h"
#include "preflight/rules/groups.h"
#include "read/compose/compose.h"
#include "read/dockerfile/dockerfile.h"
#include <algorithm>
#include <fmt/format.h>

// How it runs: workers, sessions, and how old its secrets are.
namespace fairlead::preflight {

namespace {

// An override is what developers run with, and in git like the rest: known defaults are harmless in it, keys aren't.
void secret_in_override(const Project& project, Hits& hits) {
    constexpr std::size_t least = 12; // shorter ones are of a local database
    for (const auto& path : project.paths) {
        if (kind_of(path) != FileKind::compose || path.find("override.y") == path.npos) continue;
        const auto compose = read::read_compose(
            {.read = project.read, .files = {path}, .variables = project.variables, .env_files = {}, .profiles = {}});
        for (const auto& service : compose.services)
            for (const auto& variable : service.environment) {
                if (!variable.value || (variable.node != nullptr && variable.node->interpolated)) continue;
                const auto secret = secret_of({.name = variable.name, .value = *variable.value, .raw = {}, .file = {}});
                if (secret.size() < least || is_placeholder(secret) || !weakness(secret).empty()) continue;
                hits.add(path, variable.place.line, variable.place.column,
                         fmt::format("{} of {} holds a secret; every reader of the repository has it; use secrets: or "
                                     "an env_file that git ignores",
                                     short_name(variable.name), short_name(service.name)));
            }
    }
}

// ---- workers

bool sets_workers(const Project& project) {
    const auto tells = [](std::string_view name) {
        return is_one_of(name, {"WEB_CONCURRENCY", "GUNICORN_CMD_ARGS", "UVICORN_WORKERS", "GUNICORN_WORKERS"});
    };
    for (const EnvValues& values : project.values)
        for (const auto& one : values.all)
            if (tells(one.name) && (values.profile != Profile::development || project.profile == Profile::development))
                return true;
    for (const Compose& compose : project.composes_for(project.profile)) // ${WEB_CONCURRENCY}, or the caller's
        for (const auto& service : compose.read->services)
            for (const auto& variable : service.environment)
                if (tells(variable.name)) return true;
    return std::any_of(project.paths.begin(), project.paths.end(), [](const std::string& path) {
        return path.ends_with("gunicorn.conf.py") || path.ends_with("gunicorn_conf.py");
    });
}

// The server that these words start with nothing said of its workers; empty: none.
std::string server_without_workers(const std::vector<std::string>& words) {
    std::string server;
    for (const auto& word : words) {
        const auto name = word.substr(word.rfind('/') + 1);
        if (server.empty() && is_one_of(name, {"gunicorn", "uvicorn", "hypercorn"})) server = name;
        for (const std::string_view flag : {"-w", "--workers", "-c", "--config", "--reload"})
            if (word.starts_with(flag)) return {};
        if (word.find('$') != word.npos) return {}; // it may say so
    }
    return server;
}

std::vector<std::string> instruction_words(const read::Instruction& instruction) {
    std::vector<std::string> words;
    if (instruction.exec)
        for (const auto& word : instruction.words) words.push_back(word.text);
    else
        words = read::shell_split(instruction.arguments).value_or(std::vector<std::string>{});
    return words;
}

std::string said_of(std::string_view server) {
    return fmt::format("{} starts with one worker; one slow request holds up all other requests; add --workers 4",
                       server);
}

void workers_unset(const Project& project, Hits& hits) {
    if (sets_workers(project)) return;
    for (const Dockerfile& docker : project.dockerfiles) {
        if (docker.profile == Profile::development) continue;
        const auto chain = docker.read->chain(docker.target);
        if (chain.empty()) continue;
        const auto& stage = docker.read->stages[chain.back()];
        for (auto at = stage.first; at < stage.end; ++at) {
            const auto& instruction = docker.read->instructions[at];
            if (instruction.verb != read::Verb::cmd && instruction.verb != read::Verb::entrypoint) continue;
            const auto server = server_without_workers(instruction_words(instruction));
            if (!server.empty()) hits.add(docker.file, instruction.line, instruction.column, said_of(server));
        }
    }
    for (const Compose& compose : project.composes)
        for (const auto& service : compose.read->services) {
            const auto* const command = service.at("command");
            if (compose.profile == Profile::development || command == nullptr) continue;
            const auto server = server_without_workers(service.command);
            if (!server.empty())
                hits.add(compose.read->file(command->place), command->place.line, command->place.column,
                         said_of(server));
        }
}

// ---- sessions

// A service that is built here and runs more than once; empty: none does.
std::string several(const Project& project) {
    for (const Compose& compose : project.composes)
        for (const auto& service : compose.read->services)
            for (const std::string_view key : {"scale", "deploy.replicas"}) {
                const auto count = parse_integer(service.text(key));
                if (compose.profile != Profile::development && service.build && count && count.value() > 1)
                    return service.name;
            }
    return {};
}

void session_local(const Project& project, Hits& hits) {
    const auto service = several(project);
    if (service.empty()) return;
    for (const EnvValues& values : project.values) {
        if (values.profile == Profile::development) continue;
        for (const auto& one : values.all) {
            const auto kind = lower(one.value);
            const bool local = is_one_of(kind, {"file", "files", "filesystem", "memory", "array", "memorystore"}) ||
                               kind.ends_with("sessions.backends.file");
            if (local && is_one_of(one.name, {"SESSION_DRIVER", "SESSION_TYPE", "SESSION_ENGINE", "SESSION_STORE",
                                              "SESSION_BACKEND"}))
                hit_at(hits, one,
                       fmt::format("{} keeps sessions in one replica; {} has several, so users are logged out at "
                                   "random; use redis",
                                   one.name, short_name(service)));
        }
    }
}

// ---- age

// Lines `SECRET_KEY: 2026-01-31` of secrets.dates.yml: when each was made.
void secret_age(const Project& project, Hits& hits) {
    const auto most_days = project.settings.secret_days;
    for (const auto& path : project.paths) {
        if (path.substr(path.rfind('/') + 1) != "secrets.dates.yml") continue;
        int number = 0;
        for (const auto& line : split(project.read(path).value_or(""), '\n')) {
            ++number;
            const auto colon = line.find(':');
            const auto name = trim(std::string_view(line).substr(0, colon));
            if (colon == line.npos || name.empty() || name.starts_with('#')) continue;
            auto date = std::string(trim(std::string_view(line).substr(colon + 1)));
            date = date.substr(0, date.find_first_of(" #"));
            std::erase_if(date, [](char c) { return c == '"' || c == '\''; });
            const auto made = parse_utc(date + "T00:00:00Z");
            if (!made) continue;
            const auto days = std::chrono::duration_cast<std::chrono::hours>(project.now - *made).count() / 24;
            if (days > most_days)
                hits.add(path, number, 1,
                         fmt::format("{} is {} days old; anyone who copied it once still has it; make a new secret "
                                     "(limit {} days) and write its date",
                                     short_name(name), days, most_days));
        }
    }
}

}

std::span<const Rule> conf_running_rules() {
    static const Rule rules[] = {
        {"conf-secret-in-compose",
         "A compose override contains a secret",
         always(Level::error),
         secret_in_override,
         "The override is in git: everybody with a clone has the secret. In other compose files, the rule "
         "`compose-secret-literal` reports secrets.",
         "env_file: .env, which git ignores; or secrets: with a file outside of the repository",
         {},
         {"S1-160"}},
        {"conf-workers-unset",
         "The server runs with one worker",
         always(Level::info),
         workers_unset,
         "Depending on the server, one worker answers only one request at a time, or answers all requests on one "
         "processor core.",
         "CMD [\"gunicorn\", \"--workers\", \"4\", \"app:app\"], or WEB_CONCURRENCY=4",
         {},
         {"S0-36", "S1-84"}},
        {"conf-session-local",
         "Each of several replicas keeps its own sessions",
         always(Level::info),
         session_local,
         "If the next request goes to another replica, that replica doesn't know the session.",
         "SESSION_DRIVER=redis",
         {},
         {"S4-74"}},
        {"conf-secret-age",
         "A secret is old",
         always(Level::warning),
         secret_age,
         "People leave, laptops are sold, and backups are kept. So after a while, nobody knows who has the secret. The "
         "limit is the setting `preflight.secret_days` (default: 90).",
         "Make a new secret, and write its day into secrets.dates.yml: SECRET_KEY: 2026-01-31",
         {},
         {"S3-27"}},
    };
    return rules;
}

}
