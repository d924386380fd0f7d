#include "deploy/settings_rows.h"
#include "base/credentials.h"
#include "base/json_path.h"
#include "base/printable.h"
#include "base/text.h"
#include "deploy/place.h"
#include "deploy/policy/settings.h"
#include "deploy/strategies.h"
#include "sys/files/files.h"
#include "sys/process/supervise.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::deploy {

namespace {

// "200", "200-299" or "2xx"; the higher one may still stand first.
Result<void> read_expected(const config::Value& value, Health& health) {
    std::string text = value.text();
    if (text.ends_with("xx")) text = fmt::format("{0}00-{0}99", text[0]);
    health.lowest = static_cast<int>(parse_integer(text.substr(0, 3)).value_or(0));
    health.highest = static_cast<int>(parse_integer(text.substr(text.size() - 3)).value_or(0));
    if (health.lowest <= health.highest) return {};
    return value.error(fmt::format("'{}' is not a range of statuses; the lower one comes first: {}-{}", text,
                                   health.highest, health.lowest));
}

Result<Milliseconds> parse_interval(std::string_view text) {
    const auto wanted = TRY(parse_duration(text));
    return std::max(wanted, Milliseconds{10});
}

// They are written into systemd's units and told in commands to paste.
Result<void> check_account(const config::Value& value, const std::string& name) {
    constexpr std::string_view others = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_.-";
    const auto account = value.text();
    if (account.empty()) return {};
    if (account.size() <= 64 && account.find_first_not_of(others) == account.npos && account[0] != '-' &&
        account[0] != '.')
        return {};
    return value.error(fmt::format("'{}' is not the name of a {} on this host; it takes letters, digits and - _ . only",
                                   one_line(account), name == "target.user" ? "user" : "group"));
}

// "{sockt}" would reach the program as it is. Braces that are near to nothing of ours are the program's own.
Result<void> check_words(const config::Value& command, const std::vector<std::string>& known) {
    for (const auto& word : command.items()) {
        const auto text = word.text();
        for (auto open = text.find('{'); open != text.npos; open = text.find('{', open + 1)) {
            const auto name = text.substr(open + 1, text.find('}', open) - open - 1);
            if (std::find(known.begin(), known.end(), name) != known.end()) continue;
            const auto near = nearest(lower(trim(name)), known);
            if (!near.empty())
                return word.error(fmt::format("placeholder '{{{}}}' is unknown; did you mean '{{{}}}'?", name, near));
        }
    }
    return {};
}

Result<void> check_placeholders(const config::Value& command, const std::string&) {
    return check_words(command, {"socket", "release", "shared", "slot", "port", "replica"});
}

Result<void> check_exec(const config::Value& command, const std::string& name) {
    if (command.items().empty()) return command.error(fmt::format("{} has no words; write [PROGRAM, ARGUMENT]", name));
    return check_words(command, {"release", "version", "commit", "previous"});
}

Result<void> check_commands(const config::Value& commands, const std::string& name) {
    for (const auto& command : commands.items()) TRY_VOID(check_placeholders(command, name));
    return {};
}

Result<void> check_shared(const config::Value& shared, const std::string&) {
    for (const auto& path : shared.texts()) {
        const auto normal = sys::Path(path).lexically_normal();
        if (normal.is_absolute() || normal.empty() || normal == "." || *normal.begin() == "..")
            return shared.error(fmt::format("shared path '{}' is not below the release; write it from there", path));
    }
    return {};
}

Result<void> check_size(const config::Value& size, const std::string& name) {
    if (TRY(parse_size(size.text())) > 0) return {};
    return size.error(fmt::format("{} 0 lets no release pass; write 4GiB", name));
}

// compose-spec, "name": it becomes part of the names of containers, networks and volumes.
Result<void> check_project(const config::Value& value, const std::string& name) {
    const auto project = value.text();
    constexpr std::string_view allowed = "abcdefghijklmnopqrstuvwxyz0123456789_-";
    if (!project.empty() && project.find_first_not_of(allowed) == project.npos && project[0] != '_' &&
        project[0] != '-')
        return {};
    return value.error(fmt::format("{} '{}' is no project's name; it takes small letters, digits, - and _, and begins "
                                   "with a letter or a digit",
                                   name, one_line(project)));
}

std::vector<std::string_view> strategy_names() {
    std::vector<std::string_view> names;
    for (const auto& row : strategies())
        if (row.chosen) names.push_back(row.name);
    return names;
}

const config::Rows<Settings> rolling_rows = {
    {"batch", {&Settings::batch, Type::up_to_1000}, "replicas that take turns at once"},
};

const config::Rows<Settings> strategy_rows = {
    {"canary", {&Settings::canary, canary_rows()}, "the new release gets more step by step, judged beside the old one"},
    {"rolling", rolling_rows, "replicas are replaced one after another"},
};

Result<void> read_strategy(const config::Value& value, Settings& settings) {
    if (!value.is_map()) {
        settings.strategy = value.text();
        return {};
    }
    if (value.entries().size() != 1) return value.error("strategy names one: canary or rolling, with its settings");
    settings.strategy = value.entries().front().first;
    return strategy_rows.read(value, settings, "strategy");
}

const config::Rows<Settings> release_rows = {
    {"path", &Settings::release_path, "folder or tar archive; default: the folder of fairlead.yml"},
    {"version", &Settings::release_version,
     "first part of the release's id; default: --release-version, else the short commit"},
    {"exclude", &Settings::exclude, "globs of files that are not part of the release"},
    {"max_size",
     {&Settings::max_size, Type::size},
     "of all its files together; a larger release is refused",
     {.check = check_size}},
    {"max_files", {&Settings::max_files, Type::positive}, "files, folders and links that it may hold"},
    {"max_ratio", {&Settings::max_ratio, Type::positive}, "how many times its size an archive may unpack to"},
};

Result<void> check_port(const config::Value& port, const std::string& name) {
    constexpr std::int64_t highest = 65535, for_replicas = 2000;
    if (port.integer(0) <= highest - for_replicas) return {};
    return port.error(fmt::format("{} is {}; two ports of each replica come after it: at most {}", name,
                                  port.integer(0), highest - for_replicas));
}

// It is part of names of folders and units.
Result<void> check_process(const config::Value& process, const std::string& key) {
    for (const auto& [name, value] : process.entries()) {
        const bool plain = !name.empty() && name.size() <= 32 && name[0] >= 'a' && name[0] <= 'z' &&
                           name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_") == name.npos;
        if (name == "web" && key != "components")
            return value.error("the process that answers requests is target.command");
        if (!plain)
            return value.error(fmt::format("{} '{}' takes small letters, digits and _ only, a letter first",
                                           key == "components" ? "component" : "process", one_line(name)));
    }
    return {};
}

const config::Rows<Process> process_rows = {
    {"command",
     &Process::command,
     "program and arguments, filled in as target.command",
     {.check = check_placeholders, .needed = Needed::required}},
    {"count", {&Process::count, Type::up_to_1000}, "how many of them run"},
};

const config::Rows<Settings> direct_rows = {
    {"root", &Settings::root, "folder of releases, slots and sockets", {.needed = Needed::required}},
    {"command",
     &Settings::command,
     "program and arguments; {socket}, {release}, {shared} and {slot} are filled in",
     {.check = check_placeholders, .needed = Needed::required}},
    {"replicas", {&Settings::replicas, Type::up_to_1000}, "how many of it run side by side"},
    {"port",
     {&Settings::port, Type::positive},
     "for an application that binds no socket: the first of the ports of 127.0.0.1 that {port} stands for, two for "
     "each replica",
     {.check = check_port}},
    {"processes",
     {&Settings::processes, &Process::name, process_rows},
     "what works beside it without a socket and comes and goes with the release: {worker: {command: [...]}}",
     {.check = check_process}},
    {"shared",
     &Settings::shared,
     "folders and files that all releases share; a slash at its end says that it is a folder",
     {.check = check_shared}},
    {"user",
     &Settings::user,
     "of this host, who prepare and the application run as; default: whoever deploys",
     {.check = check_account}},
    {"reload",
     &Settings::reload,
     "signal at which the running process reads its code again (gunicorn without --preload), so that none starts "
     "beside "
     "it; with strategy rolling and one replica",
     {.allowed = {"SIGHUP"}}},
    {"umask",
     &Settings::umask,
     "mask of the permissions of what the application makes; default: 0022",
     {.check = check_umask}},
    {"limits",
     {&Settings::limits, limits_rows()},
     "what each process of it (replica or worker, with its children) may use"},
    {"supervise", &Settings::supervise, "who keeps the process running", {.allowed = {"auto", "systemd", "own"}}},
};

const config::Rows<Settings> compose_rows = {
    {"sockets", &Settings::root, "folder of its own for the sockets, where the router reaches the release by one"},
    {"files", &Settings::files, "compose files in their order; default: those that docker compose finds"},
    {"profiles", &Settings::profiles, "of the compose files, that are selected"},
    {"project",
     &Settings::project,
     "name of the compose project; default: as docker compose names it",
     {.check = check_project}},
    {"services", &Settings::services,
     "that are the release, the one that users reach first; the others of the project are never touched"},
    {"port",
     {&Settings::port, Type::positive},
     "that the first service listens at; default: the only one that the compose file or its image names",
     {.check = check_port}},
    {"reach",
     &Settings::reach,
     "how the router reaches it: at a port of 127.0.0.1, or at the container's address, which a reboot changes",
     {.allowed = {"host", "container"}}},
    {"scale",
     {&Settings::scale, Type::up_to_1000},
     "containers of the first service; default: as the compose file says"},
    {"secrets_as",
     &Settings::secrets_as,
     "files in /run/secrets, or variables, which docker inspect shows",
     {.allowed = {"files", "env"}}},
};

const config::Rows<Settings> exec_rows = {
    {"deploy",
     &Settings::exec_deploy,
     "program and arguments that put a release there; {release}, {version}, {commit} and {previous} are filled in",
     {.check = check_exec, .needed = Needed::required}},
    {"rollback",
     &Settings::exec_rollback,
     "the same for a release that was there before; default: target.deploy",
     {.check = check_exec}},
    {"down", &Settings::exec_down, "the same, to stop it", {.check = check_exec}},
    {"current",
     &Settings::exec_current,
     "prints the release, version or commit that is there: asked after each of the others and by status --check",
     {.check = check_exec}},
    {"timeout", &Settings::exec_timeout, "of each of them", {.check = check_wait}},
    {"user", &Settings::user, "of this host, who they run as; default: whoever deploys", {.check = check_account}},
};

const config::Rows<Settings> target_rows(
    {{"kind", &Settings::target, "where releases run", {.allowed = place_names(), .needed = Needed::required}},
     {"prepare", &Settings::prepare, "commands to run in the new release before it starts", {.check = check_commands}},
     {"prepare_timeout", &Settings::prepare_timeout, "how long each of them may take", {.check = check_wait}},
     {"socket_group",
      &Settings::socket_group,
      "group that may connect to the sockets; default: that of nginx's user in /etc/nginx/nginx.conf",
      {.check = check_account}},
     {"state", &Settings::state,
      "folder of lock, journal and history; default /var/lib/fairlead, without root $XDG_STATE_HOME/fairlead"}},
    {{"direct", direct_rows}, {"compose", compose_rows}, {"exec", exec_rows}});

const config::Rows<Health> version_rows = {
    {"header", &Health::version_header, "response header that holds the release's id, version or commit"},
    {"json",
     {&Health::version_pointer, Type::text, json_location},
     "the same as a member of a JSON body: $.version or /version"},
};

// What stands in fairlead.yml is nobody's secret, and a probe needs none.
Result<void> read_header(const config::Value& value, const std::string& name, Health& health) {
    const auto text = value.text();
    const bool word = !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
    });
    if (!word || std::any_of(text.begin(), text.end(), [](unsigned char c) { return c < ' ' || c == 0x7F; }))
        return value.error(
            fmt::format("health.headers: '{}' is no header; write X-Forwarded-Proto: https", one_line(name)));
    if (is_secret_header(name, text) || is_secret(name, text) || holds_credentials(text))
        return value.error(fmt::format(
            "health.headers: '{}' would be a secret in a file; let health.path answer without", one_line(name)));
    health.headers.emplace_back(name, text);
    return {};
}

Result<void> read_headers(const config::Value& value, Health& health) {
    for (const auto& [name, text] : value.entries()) TRY_VOID(read_header(text, name, health));
    return {};
}

const config::Rows<Health> health_rows = {
    {"path", {&Health::path, Type::route}, "asked to find out whether a release is well"},
    {"expect", {Type::status, read_expected}, "status, 200, 200-299 or 2xx"},
    {"headers",
     {Type::open_map, read_headers, config::any_text()},
     "sent with each question, for an application that answers only what came by https, say"},
    {"interval", {&Health::interval, Type::duration, parse_interval}, "between two probes", {.check = check_wait}},
    {"timeout", &Health::timeout, "of one probe", {.check = check_wait}},
    {"deadline", &Health::deadline, "until a new release must be ready", {.check = check_wait}},
    {"healthy_after", {&Health::healthy_after, Type::up_to_1000}, "good answers in a row"},
    {"unhealthy_after", {&Health::unhealthy_after, Type::up_to_1000}, "bad answers in a row while baking"},
    {"version", version_rows, "where the answer tells its release"},
};

const config::Rows<Settings> drain_rows = {
    {"timeout", &Settings::drain_timeout, "how long requests of the old release may take"},
};

const config::Rows<Settings> stop_rows = {
    {"signal", &Settings::stop_signal, "that asks the process to end", {.allowed = sys::signal_names()}},
    {"timeout", &Settings::stop_timeout, "until SIGKILL"},
};

const config::Rows<Settings> verify_rows = {
    {"requests", {&Settings::verify_requests, Type::up_to_1000}, "asked through the router after the switch"},
    {"smoke",
     {Type::boolean,
      [](const config::Value& value, Settings& settings) -> Result<void> {
          settings.policy.smoke = value.boolean(false);
          return {};
      }},
     "the checks of `smoke` too, at the new release before the switch and through the router after it"},
};

const config::Rows<Settings> retain_rows = {
    {"releases", {&Settings::retain, Type::up_to_1000}, "kept for a rollback"},
};

const config::Rows<Part> component_rows = {
    {"config", &Part::config, "its own fairlead.yml, with the same environments", {.needed = Needed::required}},
    {"needs", &Part::needs, "components that are deployed before it, and taken back after it"},
};

const config::Rows<Settings> section_rows = {
    {"components",
     {&Settings::components, &Part::name, component_rows},
     "parts that are deployed together, each by a file of its own: {api: {config: api/fairlead.yml}}",
     {.check = check_process}},
    {"release", release_rows, "what is deployed"},
    {"target", target_rows, "where to"},
    {"router", {&Settings::router, router_rows()}, "what users' requests come through"},
    {"strategy",
     {Type::map, read_strategy, strategy_rows.fields()},
     "how releases take turns; canary and rolling may also be a map of their settings",
     {.allowed = strategy_names(), .or_text = true}},
    {"keep_warm", &Settings::keep_warm,
     "how long the old release goes on running after it was drained, so that a rollback needs no start"},
    {"promote_from", &Settings::promote_from,
     "environment that has to have proved the release: only what the record of --promote-from tells is deployed"},
    {"health", {&Settings::health, health_rows}, "when a release is well"},
    {"verify", verify_rows, "the look through the router"},
    {"deadline",
     {Type::duration,
      [](const config::Value& value, Settings& settings) -> Result<void> {
          settings.policy.deadline = value.duration(settings.policy.deadline);
          return {};
      }},
     "of a whole deployment; then it goes back; default: 1h"},
    {"windows",
     {Type::map,
      [](const config::Value& value, Settings& settings) {
          return windows_rows().read(value, settings.policy.windows, "windows");
      },
      windows_rows().fields()},
     "when a deployment may begin; a rollback always may"},
    {"hooks",
     {Type::map,
      [](const config::Value& value, Settings& settings) {
          return hooks_rows().read(value, settings.policy.hooks, "hooks");
      },
      hooks_rows().fields()},
     "commands around a deployment"},
    {"approvals",
     {Type::map,
      [](const config::Value& value, Settings& settings) {
          return approvals_rows().read(value, settings.policy.approvals, "approvals");
      },
      approvals_rows().fields()},
     "who has to say yes to a plan before it is carried out"},
    {"migrate", &Settings::migrate,
     "fairlead-migrate runs the release's migrations: expanding ones before the switch, contracting ones once the old "
     "release has stopped"},
    {"migrate_timeout", &Settings::migrate_timeout, "how long each of the two may take", {.check = check_wait}},
    {"bake", &Settings::bake, "how long the new release is watched before the old one goes"},
    {"drain", drain_rows, "letting the old release finish"},
    {"stop", stop_rows, "how a release is stopped"},
    {"retain", retain_rows, "what is kept"},
};

}

const config::Rows<Settings>& settings_rows() { return section_rows; }

}
