#include "preflight/rules/docker_dev_server.h"
#include "base/path.h"
#include "base/text.h"
#include "preflight/rules/docker_begin.h"
#include "preflight/rules/docker_commands.h"
#include "preflight/uses/env_users.h"
#include "preflight/uses/running_services.h"
#include "preflight/uses/started_words.h"
#include "read/compose/compose.h"
#include <algorithm>
#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>

namespace fairlead::preflight {

namespace {

using namespace docker;

struct Found {
    std::string what, instead;
    bool debugs = false; // the program itself turns its debugger on
};

// A script of a package.json: npm run NAME -w PACKAGE, pnpm --filter PACKAGE NAME, yarn workspace PACKAGE NAME.
struct PackageScript {
    std::string_view name, package; // the package's name or folder; empty: the one that stands in the folder
};

PackageScript script_run(const Command& command) {
    const std::size_t at = word_at(command, 1) == "workspace" ? 3 : 1; // yarn's
    PackageScript script{"", at == 3 ? word_at(command, 2) : ""};
    for (auto i = at; !word_at(command, i).empty(); ++i) {
        const auto word = word_at(command, i);
        if (is_one_of(word, {"-w", "--workspace", "--filter", "-F", "--prefix", "-C"}))
            script.package = word_at(command, ++i);
        else if (word.starts_with("--workspace=") || word.starts_with("--filter="))
            script.package = word.substr(word.find('=') + 1);
        else if (script.name.empty() && !word.starts_with('-') && !is_one_of(word, {"run", "run-script"}))
            script.name = word;
    }
    return script;
}

// The folder of a package, whose folder or name is `package`, from the folder of another one; nothing: it isn't here.
std::optional<std::string> folder_of_package(const Project& project, const std::string& folder,
                                             std::string_view package) {
    if (package.empty()) return folder;
    const auto below = path_in(folder, std::string(package));
    if (project.has(path_in(below, "package.json"))) return below;
    for (const auto& path : project.paths) {
        const auto text = file_name(path) == "package.json" ? project.read(path) : std::nullopt;
        const auto json = nlohmann::json::parse(text.value_or(""), nullptr, false);
        if (json.is_object() && json.contains("name") && json["name"] == package) return folder_of(path);
    }
    return std::nullopt;
}

// package.json's script of that name, as commands.
std::vector<Command> package_script(const Project& project, const std::string& folder, std::string_view name) {
    const read::MappedText script(project.read ? script_of_package(project, folder, std::string(name)) : "", {});
    return read::read_shell(script, 0, script.text().size()).commands;
}

bool starts_node_alone(const std::vector<Command>& script) {
    return !script.empty() && std::all_of(script.begin(), script.end(), [](const Command& one) {
        return one.name() == "node" && one.assignments.empty() &&
               std::none_of(one.words.begin(), one.words.end(), [](const auto& word) {
                   return has_any(word.text, {"dev", "watch", "inspect"});
               });
    });
}

// Since Java 9 a port alone is of this machine only.
bool opens_debugger(std::string_view options) {
    return has_any(options, {"-agentlib:jdwp", "-Xrunjdwp"}) && has_any(options, {"address=*", "address=0.0.0.0"});
}

bool is_development(const Dockerfile& subject, std::string_view name) {
    const std::string value = environment(subject, name);
    return value.empty() || value == "development" || value == "dev";
}

// Of "…KEY VALUE…" the value, which consists of such letters.
std::string behind(std::string_view text, std::string_view key, std::string_view letters) {
    const auto at = text.find(key);
    if (at == text.npos) return {};
    const auto begin = std::min(text.find_first_not_of(" =\"'", at + key.size()), text.size());
    return std::string(text.substr(begin, std::min(text.find_first_not_of(letters, begin), text.size()) - begin));
}

// The name before `= Flask(`.
std::string application_in(std::string_view text) {
    const auto before = trim(text.substr(0, std::min(text.find("= Flask("), text.size())));
    constexpr std::string_view letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_";
    const auto name = before.substr(before.find_last_not_of(letters) + 1); // npos + 1 is 0
    return before.size() == text.size() || name.empty() ? "app" : std::string(name);
}

// With the module, the application and the port that the file itself has.
std::string gunicorn_for(std::string_view path, std::string_view text) {
    constexpr std::string_view digits = "0123456789";
    const auto run = text.substr(std::min(text.find(".run("), text.size()));
    const auto call = run.substr(0, run.find('\n'));
    auto port = behind(call, "port", digits);
    if (port.empty() && call.find("port") == call.npos) port = "5000"; // Flask's own
    return fmt::format("gunicorn {}:{} -b 0.0.0.0:{}", brief(path.substr(0, path.rfind('.')), 24),
                       brief(application_in(text), 16), port.empty() ? "8080" : port);
}

// `folder`: where package managers look for their package.json.
Found dev_server_of(const Command& raw, const Dockerfile& subject, const Project& project, const std::string& folder,
                    int depth = 0) {
    const Command command = without_runner(raw);
    const std::string_view name = command.name(), first = word_at(command, 1);
    const bool python_app = is_python(command) && first.ends_with(".py");
    for (const auto& word : command.words)
        if ((name == "java" && opens_debugger(word.text)) ||
            (name == "node" && has_any(word.text, {"--inspect=0.0.0.0", "--inspect-brk=0.0.0.0"})))
            return {"a debugger for everybody",
                    fmt::format("{} without {}", name, word.text.substr(0, word.text.find('='))), true};
    if (name == "flask" && has_word(command, {"run"}))
        return {"flask run", "gunicorn app:app -b 0.0.0.0:8080", has_option(command, {"--debug", "--reload"})};
    if ((python_app && first.ends_with("manage.py")) || name == "manage.py" || name == "django-admin") {
        if (has_word(command, {"runserver", "runserver_plus"}))
            return {"manage.py runserver", "gunicorn project.wsgi -b 0.0.0.0:8080"};
        return {};
    }
    if (python_app) {
        const std::string path(file_name(first));
        for (const std::string& one : project.paths) {
            if (one != path && !one.ends_with("/" + path)) continue;
            const auto text = project.read ? project.read(one) : std::nullopt;
            const auto says = [&](std::string_view words) { return text && text->find(words) != text->npos; };
            const bool of_factory = (says("import create_app") || says("import app")) && says("app.run(") &&
                                    !says("anic"); // Sanic's own run is production's
            if (says("uvicorn.run(") && says("reload=True"))
                return {"uvicorn.run with reload of " + brief(path), "uvicorn without reload"};
            if ((says("import Flask") && says(".run(")) || of_factory)
                return {"app.run of " + brief(path), gunicorn_for(path, *text),
                        has_any(*text, {"debug=", "DEBUG", ".debug ="})};
        }
        return {};
    }
    if (name == "uvicorn" && has_option(command, {"--reload"})) return {"uvicorn --reload", "uvicorn without --reload"};
    if (name == "gunicorn" && has_option(command, {"--reload"}))
        return {"gunicorn --reload", "gunicorn without --reload"};
    if (name == "fastapi" && first == "dev") return {"fastapi dev", "fastapi run"};
    if (name == "vite" && !is_one_of(subcommand(command), {"build", "preview", "optimize"}))
        return {"vite", "nginx with vite's dist"};
    if (name == "next" && (first == "dev" || first.empty())) return {"next dev", "next start"};
    if (name == "nodemon" && !option_value(command, "--exec").empty()) // of any program: python3 main.py
        return {"nodemon", brief(option_value(command, "--exec"), 30)};
    if (is_one_of(name, {"nodemon", "ts-node-dev"})) return {std::string(name), "node"};
    if (name == "webpack-dev-server" || (name == "webpack" && first == "serve") || (name == "ng" && first == "serve") ||
        (name == "react-scripts" && first == "start") || (name == "vue-cli-service" && first == "serve"))
        return {brief(std::string(name) + " " + std::string(first), 30), "nginx with the built files"};
    if (name == "rails" && is_one_of(first, {"s", "server"}) && is_development(subject, "RAILS_ENV") &&
        option_value(command, "-e") != "production" && value_in_template(project, "RAILS_ENV") != "production")
        return {"rails server in development", "RAILS_ENV=production"};
    if (name == "php" && has_option(command, {"-S"})) return {"php -S", "php-fpm"};
    if (name == "php" && first.ends_with("artisan") && word_at(command, 2) == "serve")
        return {"artisan serve", "php-fpm"};
    if (!is_one_of(name, {"npm", "yarn", "pnpm", "bun"}) || depth > 3) return {};
    const bool run = has_word(command, {"run", "run-script"});
    const auto [script, package] = script_run(command);
    const auto inside = folder_of_package(project, folder, package);
    const auto commands = inside ? package_script(project, *inside, script) : std::vector<Command>();
    for (const Command& inner : commands)
        if (const Found found = dev_server_of(inner, subject, project, *inside, depth + 1); !found.what.empty())
            return {brief(fmt::format("{}{} {}", name, run ? " run" : "", script), 30) + ", which is " + found.what,
                    found.instead};
    if ((script == "dev" || script.starts_with("dev:")) && !starts_node_alone(commands))
        return {fmt::format("{}{} dev", name, run ? " run" : ""), "the built files and node, or nginx"};
    return {};
}

// Each service that is deployed of the image has a command of its own, which is judged there.
bool is_started_otherwise(const Dockerfile& subject, const Project& project) {
    if (subject.compose_file.empty()) return false;
    for (const Compose& compose : project.composes) {
        if (compose.profile == Profile::development) continue;
        std::set<std::string> images; // of those that build it; others of the file may run them as they are
        const auto builds = [&](const read::ComposeService& service) {
            return service.build && service.build->target == subject.target &&
                   path_in(service.build->context, service.build->dockerfile) == subject.file;
        };
        for (const auto& service : compose.read->services)
            if (builds(service) && !service.image.empty()) images.insert(service.image);
        for (const auto& service : compose.read->services)
            if ((builds(service) || images.contains(service.image)) && !service.at("command") &&
                !service.at("entrypoint"))
                return false;
    }
    return true;
}

// One that is slow and takes one request after the other, but shows nobody how it works inside, nor runs what it is
// sent.
bool serves_without_debug(const Found& found) {
    return !found.debugs && (found.what.starts_with("app.run ") || is_one_of(found.what, {"flask run", "php -S"}));
}

// Every service that runs it is one that nobody reaches from outside.
bool is_inside_only(const Dockerfile& subject, const Project& project) {
    const auto services = services_built_with(project, subject.file);
    const bool is_set_to_debug = has_any(environment(subject, "FLASK_DEBUG"), {"1", "rue"}) ||
                                 environment(subject, "FLASK_ENV") == "development";
    return !is_set_to_debug && is_run_by_compose_only(project, services) &&
           std::none_of(services.begin(), services.end(), [&](const RunningService& one) {
               const auto& all = one.service->environment;
               const bool debugs = std::any_of(all.begin(), all.end(), [](const auto& variable) {
                   return variable.name == "FLASK_DEBUG" || variable.name == "FLASK_ENV";
               });
               return debugs || is_reached_from_outside(project, one);
           });
}

// The start script's own server, where it has no other and passes on no command.
Found dev_server_in(const Script& script, const Dockerfile& subject, const Project& project) {
    if (has_any(script.text,
                {"$@", "$*", "gunicorn", "daphne", "hypercorn", "waitress", "uwsgi", "supervisord", "apache", "nginx"}))
        return {};
    const read::MappedText text(script.text, {});
    for (const Command& command : read::read_shell(text, 0, text.text().size()).commands)
        if (auto found = dev_server_of(command, subject, project, subject.context); !found.what.empty()) return found;
    return {};
}

}

bool docker::only_starts_node(const Project& project, std::string_view script) {
    bool is_there = false;
    for (const auto& path : project.paths) {
        if (file_name(path) != "package.json") continue;
        const auto commands = package_script(project, folder_of(path), script);
        if (!commands.empty() && !starts_node_alone(commands)) return false;
        is_there = is_there || !commands.empty();
    }
    return is_there;
}

void docker::dev_server(const Dockerfile& subject, const Project& project, Hits& hits) {
    if (is_started_otherwise(subject, project)) return;
    const auto tell = [&](const Instruction& at, std::string_view by, const Found& found) {
        Hit& told = hit(subject, hits, at,
                        fmt::format("{} runs {}; that is a development server; use {}", by, found.what, found.instead));
        if (!serves_without_debug(found) || !is_inside_only(subject, project)) return;
        told.level = Level::warning;
        told.message =
            fmt::format("{} runs {}; that is a development server, though only other containers reach it; use "
                        "{}",
                        by, found.what, found.instead);
    };
    const auto all = starts(subject);
    for (const std::string_view name : {"JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS"})
        if (!all.empty() && opens_debugger(environment(subject, name)))
            return tell(*all.front().instruction, name, {"a debugger for everybody", "java without -agentlib", true});
    for (const Start& start : all) {
        const Found found = dev_server_of(start.command, subject, project, subject.context);
        if (!found.what.empty()) return tell(*start.instruction, read::name_of(start.instruction->verb), found);
    }
    const auto [entrypoint, command] = start_words(subject);
    if (const auto* const first = entrypoint != nullptr ? entrypoint : command)
        for (const auto& script : scripts_of(subject, project)) {
            const Found found = dev_server_in(script, subject, project);
            if (!found.what.empty()) return tell(*first, brief(file_name(script.path)), found);
        }
}

}
