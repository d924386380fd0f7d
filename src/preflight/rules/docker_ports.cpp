#include "base/text.h"
#include "preflight/parts/docker_files.h"
#include "preflight/rules/docker_commands.h"
#include "preflight/rules/groups.h"
#include <algorithm>
#include <fmt/format.h>

// The ports and addresses that a container listens on.
namespace fairlead::preflight {

namespace {

using namespace docker;

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
            fmt::format("{} listens on {}{}; nothing outside of the container can reach it; listen on 0.0.0.0",
                        brief(command.name(), 24), quiet ? "127.0.0.1" : brief(address, 24),
                        quiet ? " by default" : ""));
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
                fmt::format("{} listens on {}, but EXPOSE names {}; a port published from EXPOSE gets no answer; write "
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
                   "EXPOSE 22 is for SSH; a container doesn't need a second way in; remove it and use docker exec");
    });
}

void port_range(const Dockerfile& subject, const Project&, Hits& hits) {
    each_port(subject, [&](const read::Word& word, const read::Expansion& text) {
        if (text.unknown.empty() && text.readable && !text.text.empty() && !exposed_range(text.text)) {
            Hit& found = hit_at(
                subject, hits, word.at.begin,
                fmt::format("EXPOSE {} is not a port; ports are numbers from 0 to 65535; write EXPOSE 8080 or 8080/udp",
                            brief(text.text)));
            const auto colon = text.text.rfind(':'); // 8080:80: builders take it, and are to refuse it some day
            if (colon != text.text.npos && exposed_range(text.text.substr(colon + 1))) found.level = Level::warning;
        }
    });
}

}

std::span<const Rule> docker_port_rules() {
    static const Rule rows[] = {
        {.id = "docker-bind-loopback",
         .title = "The server listens on the container's loopback",
         .levels = always(Level::error),
         .check = docker_bind_loopback,
         .why = "In a container, 127.0.0.1 is only the container itself: published ports and other containers get no "
                "answer.",
         .way_out = R"(CMD ["uvicorn", "app:app", "--host", "0.0.0.0", "--port", "8000"])",
         .refs = {"S0-37"}},
        {.id = "docker-expose-mismatch",
         .title = "EXPOSE names another port than the server uses",
         .levels = always(Level::warning),
         .check = expose_mismatch,
         .why = "`docker run -P`, proxies and people who read the file use the port in EXPOSE.",
         .way_out = "EXPOSE 8000",
         .refs = {"S0-16"}},
        {.id = "docker-expose-ssh",
         .title = "Port 22 is exposed",
         .levels = always(Level::warning),
         .check = expose_ssh,
         .why = "An SSH server in a container is a second way in, with its own keys and updates.",
         .way_out = "docker exec -it NAME sh",
         .peers = {"CKV_DOCKER_1"}},
        {.id = "docker-port-range",
         .title = "EXPOSE doesn't name a port",
         .levels = always(Level::error),
         .check = port_range,
         .why = "The build fails: a port is a number up to 65535, with /tcp, /udp or /sctp after it.",
         .way_out = "EXPOSE 8000",
         .peers = {"DL3011"},
         .refs = {"ExposeInvalidFormat"}}};
    return rows;
}

}
