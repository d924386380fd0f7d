#include "base/credentials.h"
#include "base/text.h"
#include "preflight/rules/docker_files.h"
#include "preflight/rules/groups.h"
#include <algorithm>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

// What the container runs: CMD, ENTRYPOINT, and the ports that they listen on.
namespace fairlead::preflight {

namespace {

using namespace docker;

struct Start {
    const Instruction* instruction = nullptr;
    Command command;
};

// What runs when the container starts: ENTRYPOINT and CMD as Docker puts them together, shells taken apart.
std::vector<Start> starts(const Dockerfile& subject) {
    const Instruction *entry = nullptr, *cmd = nullptr;
    for (const Placed& placed : shipped(subject)) {
        if (placed.trigger) continue;
        if (placed.instruction->verb == Verb::entrypoint) entry = placed.instruction;
        if (placed.instruction->verb == Verb::cmd) cmd = placed.instruction;
    }
    std::vector<Start> out;
    const auto add = [&](const Instruction* one, const std::vector<Command>& commands) {
        for (const Command& command : commands)
            if (!command.words.empty()) out.push_back({one, command});
    };
    if (entry != nullptr && !entry->arguments.empty()) {
        if (entry->exec && cmd != nullptr && cmd->exec && !entry->words.empty()) {
            std::vector<read::ShellWord> words;
            for (const read::Word& word : entry->words) words.push_back({word.text, word.at, true, false});
            for (const read::Word& word : cmd->words) words.push_back({word.text, word.at, true, false});
            add(entry, read::read_command(std::move(words)).commands);
        } else {
            add(entry, entry->shell.commands);
        }
        if (!entry->exec) return out; // it never sees CMD
    }
    if (cmd != nullptr) add(cmd, cmd->shell.commands);
    return out;
}

bool has_word(const Command& command, std::initializer_list<std::string_view> texts) {
    return std::any_of(command.words.begin() + static_cast<std::ptrdiff_t>(command.program), command.words.end(),
                       [&](const auto& word) { return is_one_of(word.text, texts); });
}

std::string_view word_at(const Command& command, std::size_t index) {
    return command.program + index < command.words.size()
               ? std::string_view(command.words[command.program + index].text)
               : "";
}

bool is_python(const Command& command) { return command.name().starts_with("python"); }

// The program that is meant: of `python -m flask run` and `poetry run flask run` flask.
Command without_runner(Command command) {
    if (is_python(command) && word_at(command, 1) == "-m")
        command.program += 2;
    else if (is_one_of(command.name(), {"poetry", "uv", "pipenv", "pdm"}) && word_at(command, 1) == "run")
        command.program += 2;
    else if (is_one_of(command.name(), {"npx", "bunx", "pnpx"}))
        command.program += 1;
    else if (is_one_of(command.name(), {"bundle", "pnpm", "yarn"}) && word_at(command, 1) == "exec")
        command.program += 2;
    if (command.program >= command.words.size()) command.program = 0;
    return command;
}

struct Found {
    std::string what, instead;
};

// package.json's script of that name, as commands.
std::vector<Command> package_script(const Dockerfile& subject, const Project& project, std::string_view name) {
    const auto text = project.read ? project.read(in_project(subject, "package.json")) : std::nullopt;
    if (!text) return {};
    const auto json = nlohmann::json::parse(*text, nullptr, false);
    if (!json.is_object() || !json.contains("scripts") || !json["scripts"].is_object()) return {};
    const auto& scripts = json["scripts"];
    const auto found = scripts.find(std::string(name));
    if (found == scripts.end() || !found->is_string()) return {};
    const read::MappedText script(found->get<std::string>(), {});
    return read::read_shell(script, 0, script.text().size()).commands;
}

bool is_development(const Dockerfile& subject, std::string_view name) {
    const std::string value = environment(subject, name);
    return value.empty() || value == "development" || value == "dev";
}

Found dev_server_of(const Command& raw, const Dockerfile& subject, const Project& project, int depth) {
    const Command command = without_runner(raw);
    const std::string_view name = command.name(), first = word_at(command, 1);
    const bool python_app = is_python(command) && first.ends_with(".py");
    if (name == "flask" && has_word(command, {"run"})) return {"flask run", "gunicorn app:app -b 0.0.0.0:8080"};
    if ((python_app && first.ends_with("manage.py")) || name == "manage.py" || name == "django-admin") {
        if (has_word(command, {"runserver", "runserver_plus"}))
            return {"manage.py runserver", "gunicorn project.wsgi -b 0.0.0.0:8080"};
        return {};
    }
    if (python_app) {
        const std::string path = context_path(first.substr(first.rfind('/') + 1));
        for (const std::string& one : project.paths) {
            if (one != path && !one.ends_with("/" + path)) continue;
            const auto text = project.read ? project.read(one) : std::nullopt;
            const auto says = [&](std::string_view words) { return text && text->find(words) != text->npos; };
            const bool of_factory = (says("import create_app") || says("import app")) && says("app.run(") &&
                                    !says("anic"); // Sanic's own run is production's
            if (says("uvicorn.run(") && says("reload=True"))
                return {"uvicorn.run with reload of " + brief(path), "uvicorn without reload"};
            if ((says("import Flask") && says(".run(")) || of_factory)
                return {"app.run of " + brief(path), "gunicorn app:app -b 0.0.0.0:8080"};
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
    if (is_one_of(name, {"nodemon", "ts-node-dev"})) return {std::string(name), "node"};
    if (name == "webpack-dev-server" || (name == "webpack" && first == "serve") || (name == "ng" && first == "serve") ||
        (name == "react-scripts" && first == "start") || (name == "vue-cli-service" && first == "serve"))
        return {brief(std::string(name) + " " + std::string(first), 30), "nginx with the built files"};
    if (name == "rails" && is_one_of(first, {"s", "server"}) && is_development(subject, "RAILS_ENV") &&
        option_value(command, "-e") != "production")
        return {"rails server in development", "RAILS_ENV=production"};
    if (name == "php" && has_option(command, {"-S"})) return {"php -S", "php-fpm"};
    if (name == "php" && first.ends_with("artisan") && word_at(command, 2) == "serve")
        return {"artisan serve", "php-fpm"};
    if (!is_one_of(name, {"npm", "yarn", "pnpm", "bun"}) || depth > 3) return {};
    const bool run = is_one_of(first, {"run", "run-script"});
    const std::string_view script = run ? word_at(command, 2) : first;
    for (const Command& inner : package_script(subject, project, script))
        if (const Found found = dev_server_of(inner, subject, project, depth + 1); !found.what.empty())
            return {brief(fmt::format("{}{} {}", name, run ? " run" : "", script), 30) + ", which is " + found.what,
                    found.instead};
    if (script == "dev" || script.starts_with("dev:"))
        return {fmt::format("{}{} dev", name, run ? " run" : ""), "the built files and node, or nginx"};
    return {};
}

// Each service that is deployed of the image has a command of its own, which is judged there.
bool is_started_otherwise(const Dockerfile& subject, const Project& project) {
    if (subject.compose_file.empty()) return false;
    for (const Compose& compose : project.composes) {
        if (compose.profile == Profile::development) continue;
        for (const auto& service : compose.read->services)
            if (service.build && service.build->target == subject.target && !service.at("command") &&
                !service.at("entrypoint") && path_in(service.build->context, service.build->dockerfile) == subject.file)
                return false;
    }
    return true;
}

void docker_dev_server(const Dockerfile& subject, const Project& project, Hits& hits) {
    if (is_started_otherwise(subject, project)) return;
    for (const Start& start : starts(subject)) {
        const Found found = dev_server_of(start.command, subject, project, 0);
        if (found.what.empty()) continue;
        hit(subject, hits, *start.instruction,
            fmt::format("{} runs {}; that is a development server; use {}", read::name_of(start.instruction->verb),
                        found.what, found.instead));
        return;
    }
}

bool needs_a_shell(const Instruction& one) {
    if (!one.shell.readable || one.shell.commands.size() != 1) return true;
    const Command& command = one.shell.commands.front();
    return !command.assignments.empty() || !command.redirects.empty() || command.after != read::Join::end ||
           command.program != 0 ||
           std::any_of(command.words.begin(), command.words.end(),
                       [](const read::ShellWord& word) {
                           return word.expands ||
                                  (!word.quoted && word.text.find_first_of("*?[~{#") != std::string::npos);
                       }) ||
           is_one_of(command.name(),
                     {"cd", "set", "export", "source", ".", "exit", "trap", "ulimit", "umask", "eval", "test", "["});
}

std::string as_array(const Command& command) {
    std::string out;
    for (const read::ShellWord& word : command.words)
        out += (out.empty() ? "\"" : ", \"") + json_escape(word.text) + "\"";
    return "[" + out + "]";
}

// One of its words sounds as if a secret stood in it or behind it: --password=x, API_TOKEN=x, --token x.
bool names_secret(const Command& command) {
    return std::any_of(command.words.begin(), command.words.end(), [](const read::ShellWord& word) {
        const std::string_view name = std::string_view(word.text).substr(0, word.text.find('='));
        const auto start = std::min(name.find_first_not_of('-'), name.size());
        const bool is_name = start > 0 || name.size() < word.text.size(); // an option, or NAME=value
        return (is_name && sounds_secret(name.substr(start))) || is_token(word.text);
    });
}

void shell_form(const Dockerfile& subject, const Project&, Hits& hits) {
    const Instruction *entry = nullptr, *cmd = nullptr;
    bool own_shell = false;
    for (const Placed& placed : shipped(subject)) {
        if (placed.trigger) continue;
        if (placed.instruction->verb == Verb::entrypoint) entry = placed.instruction;
        if (placed.instruction->verb == Verb::cmd) cmd = placed.instruction;
        own_shell = own_shell || placed.instruction->verb == Verb::shell;
    }
    for (const Instruction* one : {entry, cmd}) {
        if (one == nullptr || one->exec || one->broken_json || one->arguments.empty()) continue;
        if (one->shell.commands.empty() && one->shell.readable) continue;
        const bool takes_over =
            !one->shell.commands.empty() &&
            (one->shell.commands.back().words.empty() || one->shell.commands.back().words.front().text == "exec");
        if (takes_over || (one == cmd && entry != nullptr && !entry->exec && !entry->arguments.empty())) continue;
        const bool safe = !needs_a_shell(*one) && !own_shell;
        const std::string array = safe ? as_array(one->shell.commands.front())
                                       : R"(["gunicorn", "app:app"], or exec before the last command)";
        const bool shows = !safe || !names_secret(one->shell.commands.front());
        Hit& found =
            hit(subject, hits, *one,
                fmt::format("{} is in shell form; SIGTERM stops at sh and the server is killed after 10 s; use {}",
                            read::name_of(one->verb), shows ? brief(array, 64) : "a JSON array"));
        const bool alone = one != entry || cmd == nullptr; // else ENTRYPOINT would begin to see CMD
        if (safe && alone) replace(subject, found, one->arguments_at, array);
    }
}

bool is_loopback_host(std::string_view host) {
    return host == "127.0.0.1" || host == "localhost" || host.starts_with("127.0.0.1:") ||
           host.starts_with("localhost:") || host == "::1" || host.starts_with("[::1]");
}

// The address that a server is told to listen on; empty: none is said.
std::string_view listens_on(const Command& command) {
    for (const std::string_view option :
         {"--host", "--bind", "--hostname", "--listen", "--address", "--addr", "-b", "-H", "--http-socket", "--http"}) {
        const std::string_view value = option_value(command, option);
        if (!value.empty()) return value;
    }
    const std::string_view name = command.name();
    if (name == "php") return option_value(command, "-S");
    if (name == "flask" || name == "uvicorn") return option_value(command, "-h");
    if (has_word(command, {"runserver"})) {
        const auto words = operands(command);
        return words.empty() || words.back()->text.find_first_of(".:0123456789") == std::string::npos
                   ? std::string_view("127.0.0.1")
                   : std::string_view(words.back()->text);
    }
    return {};
}

bool sets(const Dockerfile& subject, std::initializer_list<std::string_view> names) {
    return std::any_of(names.begin(), names.end(),
                       [&](std::string_view name) { return subject.text.find(name) != std::string::npos; });
}

// What listens on the container's loopback unless told otherwise.
bool is_loopback_by_default(const Command& command, const Dockerfile& subject, const Project& project) {
    const std::string_view name = command.name();
    if (name == "uvicorn")
        return !has_option(command, {"--host", "--uds", "--fd"}) && !sets(subject, {"UVICORN_HOST"}) &&
               subcommand(command).find(':') != std::string_view::npos;
    if (name == "flask") return has_word(command, {"run"}) && !sets(subject, {"FLASK_RUN_HOST"});
    if (name == "vite") return subcommand(command) == "preview" && !has_option(command, {"--host"});
    if (name != "gunicorn") return false;
    const bool configured =
        has_option(command, {"-b", "--bind", "-c", "--config"}) || sets(subject, {"GUNICORN_CMD_ARGS", "PORT"});
    const bool file = std::any_of(project.paths.begin(), project.paths.end(),
                                  [](const std::string& path) { return path.ends_with("gunicorn.conf.py"); });
    return !configured && !file;
}

bool is_client(const Command& command) {
    return is_one_of(command.name(), {"curl", "wget", "psql", "pg_isready", "nc", "redis-cli", "mysql", "mongo",
                                      "wait-for-it.sh", "dockerize", "ssh", "echo"});
}

void docker_bind_loopback(const Dockerfile& subject, const Project& project, Hits& hits) {
    for (const Start& start : starts(subject)) {
        const Command command = without_runner(start.command);
        if (is_client(command)) continue;
        const std::string_view address = listens_on(command);
        const bool quiet = address.empty() && is_loopback_by_default(command, subject, project);
        if (!is_loopback_host(address) && !quiet) continue;
        hit(subject, hits, *start.instruction,
            fmt::format("{} listens on {}{}; nobody outside the container gets there; listen on 0.0.0.0",
                        brief(command.name(), 24), quiet ? "127.0.0.1" : brief(address, 24),
                        quiet ? " unless told otherwise" : ""));
        return;
    }
}

std::optional<int> port_of(std::string_view text) {
    const auto number = parse_integer(text.substr(text.rfind(':') + 1));
    return number.ok() && number.value() > 0 && number.value() < 65536 ? std::optional(static_cast<int>(number.value()))
                                                                       : std::nullopt;
}

std::optional<int> listens_at(const Command& command) {
    if (is_client(command)) return std::nullopt;
    const std::string_view address = listens_on(command);
    if (address.find(':') != address.npos) return port_of(address);
    if (is_one_of(command.name(), {"flask", "uvicorn", "streamlit", "hypercorn", "fastapi"})) {
        for (const std::string_view option : {"--port", "-p", "--server.port"})
            if (const std::string_view value = option_value(command, option); !value.empty()) return port_of(value);
    }
    return has_word(command, {"runserver"}) && !address.empty() ? port_of(address) : std::nullopt;
}

struct ExposedRange {
    int first = 0, last = 0;
};

// "8000", "8000-8010/tcp"; nothing: not such.
std::optional<ExposedRange> exposed_range(std::string_view text) {
    const auto slash = text.find('/');
    if (slash != text.npos && !is_one_of(lower(text.substr(slash + 1)), {"tcp", "udp", "sctp"})) return std::nullopt;
    text = text.substr(0, slash);
    const auto dash = text.find('-');
    const auto first = parse_integer(text.substr(0, dash));
    const auto last = dash == text.npos ? first : parse_integer(text.substr(dash + 1));
    const auto fits = [](const auto& one) { return one.ok() && one.value() >= 0 && one.value() < 65536; };
    if (!fits(first) || !fits(last) || last.value() < first.value()) return std::nullopt;
    return ExposedRange{static_cast<int>(first.value()), static_cast<int>(last.value())};
}

template <typename Do>
void each_port(const Dockerfile& subject, Do act) {
    for (const std::size_t number : subject.read->chain(subject.target)) {
        read::Scope scope(*subject.read, number);
        for (std::size_t i = subject.read->stages[number].first; i < subject.read->stages[number].end; ++i) {
            const Instruction& one = subject.read->instructions[i];
            scope.take(one);
            if (one.verb != Verb::expose) continue;
            for (const read::Word& word : one.words) act(word, scope.expand(word.text));
        }
    }
}

void expose_mismatch(const Dockerfile& subject, const Project&, Hits& hits) {
    std::vector<ExposedRange> ports;
    bool unknown = false;
    each_port(subject, [&](const read::Word&, const read::Expansion& text) {
        const auto range = exposed_range(text.text);
        if (range) ports.push_back(*range);
        unknown = unknown || !range;
    });
    if (ports.empty() || unknown) return;
    for (const Start& start : starts(subject)) {
        const auto port = listens_at(without_runner(start.command));
        if (!port) continue;
        const bool found = std::any_of(ports.begin(), ports.end(), [&](const ExposedRange& one) {
            return one.first <= *port && *port <= one.last;
        });
        if (!found)
            hit(subject, hits, *start.instruction,
                fmt::format("{} listens on {}, but EXPOSE names {}; whoever publishes by EXPOSE gets no answer; write "
                            "EXPOSE {}",
                            brief(start.command.name(), 24), *port, ports.front().first, *port));
        return;
    }
}

void expose_ssh(const Dockerfile& subject, const Project&, Hits& hits) {
    each_port(subject, [&](const read::Word& word, const read::Expansion& text) {
        const auto range = exposed_range(text.text);
        if (range && range->first <= 22 && 22 <= range->last && range->first > 0)
            hit_at(subject, hits, word.at.begin,
                   "EXPOSE 22 is for SSH; a container needs no second way in; remove it and use docker exec");
    });
}

void port_range(const Dockerfile& subject, const Project&, Hits& hits) {
    each_port(subject, [&](const read::Word& word, const read::Expansion& text) {
        if (text.unknown.empty() && text.readable && !text.text.empty() && !exposed_range(text.text))
            hit_at(subject, hits, word.at.begin,
                   fmt::format("EXPOSE {} is no port; ports are numbers from 0 to 65535; write EXPOSE 8080 or 8080/udp",
                               brief(text.text)));
    });
}

void workdir_relative(const Dockerfile& subject, const Project&, Hits& hits) {
    for (const Placed& placed : built(subject)) {
        const Instruction& one = *placed.instruction;
        if (one.verb != Verb::workdir || one.words.empty()) continue;
        std::string_view path = one.words.front().text;
        while (!path.empty() && (path.front() == '"' || path.front() == '\'')) path.remove_prefix(1);
        const bool drive = path.size() > 1 && path[1] == ':';
        if (path.empty() || path.starts_with('/') || path.starts_with('$') || path.starts_with('\\') || drive) continue;
        hit(subject, hits, one,
            fmt::format("WORKDIR {} is relative; where it leads depends on what stands before; write /app",
                        brief(replace_all(path, "\"", ""))));
    }
}

void entrypoint_exec(const Dockerfile& subject, const Project& project, Hits& hits) {
    if (!project.read) return;
    for (const Start& start : starts(subject)) {
        std::string_view script = start.command.name();
        if (read::is_shell(script)) script = subcommand(start.command);
        script = script.substr(script.rfind('/') + 1);
        if (!script.ends_with(".sh")) continue;
        std::vector<std::string> found;
        for (const std::string& path : project.paths)
            if (path == script || path.ends_with("/" + std::string(script))) found.push_back(path);
        if (found.size() != 1) return; // none, or who knows which
        const auto text = project.read(found.front());
        if (!text) return;
        read::MappedText map;
        map.add(*text, 0);
        const auto read = read::read_shell(map, 0, text->size());
        const auto replaces = [](const Command& one) {
            return one.words.size() > 1 && one.words.front().text == "exec";
        };
        if (!read.readable || read.commands.empty() ||
            std::any_of(read.commands.begin(), read.commands.end(), replaces))
            return;
        hit(subject, hits, *start.instruction,
            fmt::format("{} ends without exec; SIGTERM stops at the shell and the server is killed after 10 s; end it "
                        "with exec \"$@\"",
                        brief(found.front(), 36)));
        return;
    }
}

}

std::span<const Rule> docker_start_rules() {
    static const Rule rows[] = {
        {.id = "docker-shell-form",
         .title = "The server runs below a shell",
         .levels = always(Level::warning),
         .check = shell_form,
         .why = "docker stop sends SIGTERM to the shell, which doesn't hand it on: requests are cut off when the "
                "server is "
                "killed ten seconds later.",
         .way_out = R"(CMD ["gunicorn", "app:app", "-b", "0.0.0.0:8000"])",
         .peers = {"DL3025"},
         .refs = {"S1-101", "JSONArgsRecommended"},
         .fix = Fix::safe},
        {.id = "docker-dev-server",
         .title = "The image starts a development server",
         .levels = deployed(Level::error),
         .check = docker_dev_server,
         .why =
             "Development servers serve one request at a time, show source code in errors and let visitors run code in "
             "their debuggers.",
         .way_out = R"(CMD ["gunicorn", "app:app", "-b", "0.0.0.0:8000"])",
         .refs = {"S0-05", "S2-46", "S3-38"}},
        {.id = "docker-bind-loopback",
         .title = "The server listens on the container's loopback",
         .levels = always(Level::error),
         .check = docker_bind_loopback,
         .why = "127.0.0.1 in a container is the container alone: published ports and other containers get no answer.",
         .way_out = R"(CMD ["uvicorn", "app:app", "--host", "0.0.0.0", "--port", "8000"])",
         .refs = {"S0-37"}},
        {.id = "docker-expose-mismatch",
         .title = "EXPOSE names another port than the server's",
         .levels = always(Level::warning),
         .check = expose_mismatch,
         .why = "docker run -P, proxies and readers take EXPOSE for the port.",
         .way_out = "EXPOSE 8000",
         .refs = {"S0-16"}},
        {.id = "docker-expose-ssh",
         .title = "Port 22 is exposed",
         .levels = always(Level::warning),
         .check = expose_ssh,
         .why = "An SSH server in a container is a second way in, with keys and updates of its own.",
         .way_out = "docker exec -it NAME sh",
         .peers = {"CKV_DOCKER_1"}},
        {.id = "docker-port-range",
         .title = "EXPOSE names no port",
         .levels = always(Level::error),
         .check = port_range,
         .why = "The build fails: a port is a number up to 65535, with /tcp, /udp or /sctp behind it.",
         .way_out = "EXPOSE 8000",
         .peers = {"DL3011"},
         .refs = {"ExposeInvalidFormat"}},
        {.id = "docker-workdir-relative",
         .title = "WORKDIR is relative",
         .levels = always(Level::error),
         .check = workdir_relative,
         .why = "It is taken from the WORKDIR before, or from the base image's, and moves with them.",
         .way_out = "WORKDIR /app",
         .peers = {"DL3000", "CKV_DOCKER_10"},
         .refs = {"WorkdirRelativePath"}},
        {.id = "docker-entrypoint-exec",
         .title = "The entry script stays before the server",
         .levels = always(Level::warning),
         .check = entrypoint_exec,
         .why = "Without exec the shell stays process 1 and keeps SIGTERM to itself.",
         .way_out = "exec \"$@\"",
         .refs = {"S2-52"}},
    };
    return rows;
}

}
