// What says the same in every language: container files, compose, templates of environments, Procfile.
#include "base/path.h"
#include "base/text.h"
#include "init/recognise/recogniser.h"
#include "init/recognise/runs/runs.h"
#include "sys/data/json.h"
#include "sys/environment.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::init {

namespace {

struct Service {
    std::string_view word; // in an image's name
    std::string_view name;
};
constexpr Service known_services[] = {
    {"postgres", "postgresql"},
    {"postgis", "postgresql"},
    {"timescale", "postgresql"},
    {"pgvector", "postgresql"},
    {"redis", "redis"},
    {"valkey", "redis"},
    {"mysql", "mysql"},
    {"mariadb", "mysql"},
    {"mongo", "mongodb"},
    {"rabbitmq", "rabbitmq"},
    {"memcached", "memcached"},
    {"elasticsearch", "elasticsearch"},
    {"opensearch", "elasticsearch"},
};

void add_once(std::vector<std::string>& list, std::string_view word) {
    if (!contains(list, word)) list.emplace_back(word);
}

void add_compose_services(Folder& folder, Component& component) {
    const auto name = folder.first({"compose.yaml", "compose.yml", "docker-compose.yaml", "docker-compose.yml"});
    if (name.empty()) return;
    const auto compose = folder.yaml(name);
    const auto services = at(compose, "/services");
    if (!services.is_object()) return;
    for (const auto& entry : services.items()) {
        const auto image = lower(sys::text_of(entry.value(), "image"));
        const auto last = image.substr(image.rfind('/') == image.npos ? 0 : image.rfind('/') + 1);
        for (const auto& [word, service] : known_services)
            if (last.starts_with(word)) add_once(component.services, service);
    }
}

// Of the names that a template of an environment asks for, those that are nobody else's business.
bool is_secret_name(std::string_view name) {
    constexpr std::string_view plain[] = {"VITE_", "NEXT_PUBLIC_", "REACT_APP_", "NUXT_PUBLIC_", "PUBLIC_"};
    constexpr std::string_view measures[] = {"MINUTES", "SECONDS", "HOURS",  "DAYS",      "EXPIRATION", "EXPIRES",
                                             "EXPIRY",  "TTL",     "LENGTH", "ALGORITHM", "FILE",       "PATH",
                                             "NAME",    "ID",      "MIN",    "MAX",       "ENABLED"};
    constexpr std::string_view telling[] = {"KEY",    "TOKEN",      "PASSWORD", "PASSWD",
                                            "SECRET", "CREDENTIAL", "DSN",      "PASS"};
    constexpr std::string_view urls[] = {"DATABASE_URL", "DB_URL",    "DATABASE_URI", "REDIS_URL", "MONGO_URL",
                                         "MONGODB_URI",  "MONGO_URI", "RABBITMQ_URL", "AMQP_URL",  "BROKER_URL"};
    const auto begins = [&](std::string_view prefix) { return name.starts_with(prefix); };
    if (std::any_of(std::begin(plain), std::end(plain), begins)) return false;
    const auto ends = [&](std::string_view url) { return name.ends_with(url); };
    if (std::any_of(std::begin(urls), std::end(urls), ends)) return true;
    const auto parts = split(name, '_');
    if (std::find(std::begin(measures), std::end(measures), parts.back()) != std::end(measures)) return false;
    for (const auto& part : parts)
        if (std::find(std::begin(telling), std::end(telling), part) != std::end(telling)) return true;
    return false;
}

constexpr std::size_t most_needed = 8; // secrets: of more than these some are optional, as a rule

void add_secrets(Folder& folder, Component& component) {
    for (const auto* name :
         {".env.example", ".env.template", ".env.sample", ".env.dist", "env.example", ".env.deploy.example",
          ".env.production.example", ".env.example.production", "example.env", ".env.prod.example"})
        for (const auto& line : lines_of(folder.text(name))) {
            auto variable = line.substr(0, line.find('='));
            if (variable.starts_with("export ")) variable.erase(0, 7);
            variable = trim(std::move(variable));
            const bool spelled = !variable.empty() && std::all_of(variable.begin(), variable.end(), [](char c) {
                return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
            });
            if (line.find('=') == line.npos || !spelled || variable.size() > 100 || variable.front() <= '9' ||
                !is_secret_name(variable))
                continue;
            if (sys::belongs_to_runner(variable))
                folder.doubt(fmt::format("{} of {} is a name that the CI uses itself, so it is left out of "
                                         "env.secrets; give it another name, such as APP_{}",
                                         variable, name, variable));
            else
                add_once(component.secrets, variable);
        }
    if (component.secrets.size() > most_needed)
        folder.doubt(fmt::format("{} names under env.secrets come from the template of an environment, and a "
                                 "deployment needs all of them; remove the names that may be unset",
                                 component.secrets.size()));
}

// Leaves out an option with its value: --bind X, --bind=X, -b X, -bX.
void drop_option(std::vector<std::string>& words, std::initializer_list<std::string_view> names) {
    for (auto it = words.begin(); it != words.end();) {
        const bool alone = std::find(names.begin(), names.end(), *it) != names.end();
        const bool joined = std::any_of(names.begin(), names.end(), [&](std::string_view name) {
            return it->size() > name.size() && it->starts_with(name) && (name.size() == 2 || (*it)[name.size()] == '=');
        });
        if (!alone && !joined) {
            ++it;
            continue;
        }
        it = words.erase(it);
        if (alone && it != words.end()) it = words.erase(it);
    }
}

}

bool is_secret_variable(std::string_view name) { return is_secret_name(name); }

std::string container_file(const Folder& folder) {
    auto name = folder.first({"Dockerfile", "Containerfile", "docker/Dockerfile", "Dockerfile.prod",
                              "Dockerfile.production", "docker/Dockerfile.prod", "docker/default.Dockerfile",
                              "docker/prod.Dockerfile", "docker/production.Dockerfile", "prod.Dockerfile"});
    if (!name.empty()) return name;
    for (const auto& path : folder.below()) {
        const auto base = path.substr(path.rfind('/') == path.npos ? 0 : path.rfind('/') + 1);
        if (path.size() != base.size() && !path.starts_with("docker/") && !path.starts_with("packaging/docker/"))
            continue;
        // What is built for tests and developers is not what is deployed.
        constexpr std::string_view others[] = {"dev",   "test", "tests", "playwright", "e2e",  "local",
                                               "debug", "ci",   "lint",  "docs",       "base", "dockerignore"};
        const auto parts = split(replace_all(lower(base), "-", "."), '.');
        const auto is_part = [&](std::string_view word) { return contains(parts, word); };
        const bool plain =
            base.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-") == base.npos &&
            std::none_of(std::begin(others), std::end(others), is_part);
        const bool named = base == "Dockerfile" || base.starts_with("Dockerfile.") ||
                           base.starts_with("Containerfile.") || base.ends_with(".Dockerfile");
        if (plain && named) return path;
    }
    return "";
}

namespace {

// Procfile's web line, the file of the application, the container's CMD, or the manifest.
std::string served_by(Folder& folder, const Component& component) {
    for (const auto& line : project::procfile_lines(folder.text("Procfile")))
        if (line.name == "web") return fmt::format("Procfile:{}", line.line);
    if (!component.served_by.empty()) return component.served_by;
    for (const auto* manifest : {"package.json", "go.mod", "pom.xml", "build.gradle", "Cargo.toml", "manage.py"})
        if (folder.has(manifest)) return manifest;
    return component.dockerfile;
}

}

void add_hints(Folder& folder, Component& component) {
    if (component.dockerfile.empty()) component.dockerfile = container_file(folder);
    take_container(folder, component, component.language == Language::python ? ".venv/bin/" : "");
    add_compose_services(folder, component);
    add_secrets(folder, component);
    add_processes(folder, component);
    add_variables(folder, component);
    add_data(folder, component);
    if (!component.serve.empty()) component.served_by = served_by(folder, component);
    if (component.kind == Kind::service && component.health.empty()) {
        component.health = health_of(folder, component);
        if (component.health.empty() && !component.serve.empty())
            folder.doubt("no path for a health check was found in the source (/health, /healthz, /api/health), so / is "
                         "used; set deploy.health.path in fairlead.yml");
    }
    std::sort(component.services.begin(), component.services.end());
}

// gunicorn, uvicorn and their like, told to bind the socket; nothing for others and for what needs a shell.
std::optional<std::vector<std::string>> translated(std::vector<std::string> words, const std::string& bin) {
    struct Server {
        std::string_view program;
        std::initializer_list<std::string_view> dropped;
        std::vector<std::string> added;
    };
    const Server servers[] = {{"gunicorn", {"--bind", "-b"}, {"--bind", "unix:{socket}"}},
                              {"hypercorn", {"--bind", "-b"}, {"--bind", "unix:{socket}"}},
                              {"uvicorn", {"--host", "--port", "--uds", "--reload"}, {"--uds", "{socket}"}},
                              {"daphne", {"--bind", "-b", "--port", "-p", "-u"}, {"-u", "{socket}"}},
                              {"waitress-serve", {"--host", "--port", "--listen"}, {"--unix-socket={socket}"}}};
    if (!words.empty() && words.front() == "exec") words.erase(words.begin());
    for (const auto& server : servers) {
        if (words.empty() || words.front() != server.program) continue;
        drop_option(words, server.dropped);
        const bool shell = std::any_of(words.begin(), words.end(), [](const std::string& word) {
            return word.find_first_of("$`;|&<>") != word.npos;
        });
        if (shell) return std::nullopt;
        words.front() = bin + words.front();
        words.insert(words.begin() + 1, server.added.begin(), server.added.end());
        return words;
    }
    return std::nullopt;
}

std::vector<std::string> started_in(std::vector<std::string> words, const std::string& folder) {
    if (words.empty() || folder.empty()) return words;
    if (file_name(words.front()) == "gunicorn") {
        words.insert(words.begin() + 1, {"--chdir", folder});
        return words;
    }
    auto& program = words.front();
    const bool relative = program.find('/') != program.npos && !program.starts_with('/');
    for (auto depth = split(folder, '/').size(); relative && depth > 0; --depth) program.insert(0, "../");
    words.insert(words.begin(), {"env", "--chdir=" + folder});
    return words;
}

std::string starts_in(const std::vector<std::string>& words) {
    for (std::size_t i = 0; i < words.size(); ++i) {
        if (words[i] == "--chdir" && i + 1 < words.size()) return words[i + 1];
        if (words[i].starts_with("--chdir=")) return words[i].substr(8);
    }
    return "";
}

namespace {

// `cd backend && uvicorn main:app`: backend. Nothing: no such line, or a folder that only a shell knows.
std::optional<std::string> changed_folder(const Folder& folder, const std::string& command) {
    const auto words = words_of(command);
    if (words.size() != 2 || words.front() != "cd" || !is_plain_command(words[1])) return std::nullopt;
    auto path = words[1];
    if (path.starts_with("./")) path.erase(0, 2);
    while (path.ends_with('/')) path.pop_back();
    const bool leaves = path.starts_with('/') || contains(split(path, '/'), "..");
    return leaves || folder.below(path).empty() ? std::nullopt : std::optional(path);
}

}

bool take_procfile(Folder& folder, Component& component, const std::string& bin) {
    for (const auto& line : lines_of(folder.text("Procfile"))) {
        if (!line.starts_with("web:")) continue;
        const auto command = std::string(trim(std::string_view(line).substr(4)));
        // What stands before the server (migrations) is over before it starts.
        auto parts = split(replace_all(command, "&&", ";"), ';');
        const auto within = parts.size() > 1 ? changed_folder(folder, parts.front()) : std::nullopt;
        if (!within && parts.size() > 1 && parts.front().starts_with("cd ")) {
            folder.doubt("Procfile's web line starts the server in a folder that is not in the project, so init does "
                         "not use that line; correct it, then run init again");
            return false;
        }
        if (within) parts.erase(parts.begin());
        component.kind = Kind::service;
        if (auto words = translated(words_of(parts.back()), bin)) {
            component.serve = started_in(std::move(*words), within.value_or(""));
            if (const auto start = starts_in(component.serve); !start.empty()) component.modules = start;
            if (parts.size() > 1)
                folder.doubt("Procfile's web line does more than start the server; put the commands before the server "
                             "into deploy.target.prepare of fairlead.yml");
            return true;
        }
        const auto words = words_of(parts.back());
        if (!words.empty() && (words.front() == "node" || words.front() == "npm") && is_plain_command(parts.back())) {
            component.serve = {"env"};
            if (within) component.serve.push_back("--chdir=" + *within);
            component.serve.emplace_back("PORT={socket}");
            component.serve.insert(component.serve.end(), words.begin(), words.end());
            return true;
        }
        folder.doubt("Procfile's web line starts no server that init knows; let deploy.target.command of fairlead.yml "
                     "start it, listening at $FAIRLEAD_SOCKET");
    }
    return false;
}

void take_container(Folder& folder, Component& component, const std::string& bin) {
    const auto name = component.dockerfile.empty() ? container_file(folder) : component.dockerfile;
    if (name.empty() || component.kind == Kind::site) return;
    bool exposes = false;
    std::string command;
    for (const auto& line : lines_of(folder.text(name))) {
        if (line.starts_with("FROM ")) exposes = false, command.clear(); // the last stage is what runs
        exposes |= line.starts_with("EXPOSE ");
        if (line.starts_with("EXPOSE "))
            if (const auto port = parse_integer(line.substr(7, line.find_first_of("/ ", 7) - 7)); port.ok())
                component.exposed = static_cast<int>(std::clamp<std::int64_t>(port.value(), 0, 65535));
        if (line.starts_with("CMD ") || (line.starts_with("ENTRYPOINT ") && command.empty()))
            command = trim(std::string_view(line).substr(line.find(' ')));
    }
    if (!exposes || command.empty()) return;
    component.kind = Kind::service;
    if (!component.serve.empty() || !command.starts_with('[')) return;
    const auto list = sys::parse_json(command, name);
    if (!list.ok()) return;
    auto words = texts_of(list.value());
    if (auto served = translated(words, bin))
        component.serve = std::move(*served);
    else if (!words.empty() && words.front() == "node") {
        component.serve = {"env", "PORT={socket}"};
        component.serve.insert(component.serve.end(), words.begin(), words.end());
    }
}

}
