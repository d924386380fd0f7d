#include "deploy/settings_rows.h"
#include "base/json_path.h"
#include "base/printable.h"
#include "base/secrets/credentials.h"
#include "base/text.h"
#include "deploy/decide/strategies.h"
#include "deploy/place.h"
#include "deploy/policy/settings.h"
#include "deploy/settings_checks.h"
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
    return value.error(fmt::format("'{}' is not a range of statuses; write the lower status first: {}-{}", text,
                                   health.highest, health.lowest));
}

Result<Milliseconds> parse_interval(std::string_view text) {
    const auto wanted = TRY(parse_duration(text));
    return std::max(wanted, Milliseconds{10});
}

std::vector<std::string_view> strategy_names() {
    std::vector<std::string_view> names;
    for (const auto& row : strategies())
        if (row.chosen) names.push_back(row.name);
    return names;
}

const config::Rows<Settings> rolling_rows = {
    {"batch", {&Settings::batch, Type::up_to_1000}, "number of replicas that are replaced at the same time"},
};

const config::Rows<Settings> strategy_rows = {
    {"canary",
     {&Settings::canary, canary_rows()},
     "the new release gets more requests step by step, and is compared with the old release"},
    {"rolling", rolling_rows, "replicas are replaced in turn"},
};

Result<void> read_strategy(const config::Value& value, Settings& settings) {
    if (!value.is_map()) {
        settings.strategy = value.text();
        return {};
    }
    if (value.entries().size() != 1)
        return value.error("strategy must name either canary or rolling, with its settings");
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
     "maximum size of all its files together; a larger release is refused",
     {.check = check_size}},
    {"max_files", {&Settings::max_files, Type::positive}, "maximum number of its files, folders and links"},
    {"max_ratio",
     {&Settings::max_ratio, Type::positive},
     "maximum size of an unpacked archive, as a multiple of the size of the archive"},
};

const config::Rows<Process> process_rows = {
    {"command",
     &Process::command,
     "program and arguments; placeholders are filled in as in target.command",
     {.check = check_placeholders, .needed = Needed::required}},
    {"count", {&Process::count, Type::up_to_1000}, "number of processes"},
};

const config::Rows<Settings> direct_rows = {
    {"root", &Settings::root, "folder of releases, slots and sockets", {.needed = Needed::required}},
    {"command",
     &Settings::command,
     "program and arguments; {socket}, {release}, {shared} and {slot} are filled in",
     {.check = check_placeholders, .needed = Needed::required}},
    {"replicas", {&Settings::replicas, Type::up_to_1000}, "number of processes that serve at the same time"},
    {"port",
     {&Settings::port, Type::positive},
     "for an application that can't listen at a socket: the first port of 127.0.0.1 that {port} stands for; each "
     "replica needs two ports",
     {.check = check_port}},
    {"processes",
     {&Settings::processes, &Process::name, process_rows},
     "further processes without a socket, which start and stop with the release: {worker: {command: [...]}}",
     {.check = check_process}},
    {"shared",
     &Settings::shared,
     "folders and files that all releases share; a slash at the end marks a folder",
     {.check = check_shared_paths}},
    {"user",
     &Settings::user,
     "user of this host who runs prepare and the application; default: the user who deploys",
     {.check = check_account}},
    {"reload",
     &Settings::reload,
     "signal at which the running process reads its code again (gunicorn without --preload), so that no second process "
     "starts; only with strategy rolling and a single replica",
     {.allowed = {"SIGHUP"}}},
    {"umask",
     &Settings::umask,
     "mask of the permissions of files that the application creates; default: 0022",
     {.check = check_umask}},
    {"limits", {&Settings::limits, limits_rows()}, "limits of each replica or worker, including its children"},
    {"supervise",
     &Settings::supervise,
     "which service manager keeps the process running",
     {.allowed = {"auto", "systemd", "own"}}},
};

const config::Rows<Settings> compose_rows = {
    {"sockets", &Settings::root,
     "a separate folder for the sockets, if the router reaches the release through a socket"},
    {"files", &Settings::files, "compose files in their order; default: the files that docker compose finds"},
    {"profiles", &Settings::profiles, "selected profiles of the compose files"},
    {"project",
     &Settings::project,
     "name of the compose project; default: the name that docker compose gives it",
     {.check = check_project}},
    {"services", &Settings::services,
     "services of the release, starting with the service that users reach; other services of the project are never "
     "changed"},
    {"port",
     {&Settings::port, Type::positive},
     "port at which the first service listens; default: the port of the compose file or the image, if there is only "
     "one",
     {.check = check_port}},
    {"reach",
     &Settings::reach,
     "how the router reaches the service: at a port of 127.0.0.1, or at the container's address, which changes with a "
     "reboot",
     {.allowed = {"host", "container"}}},
    {"scale",
     {&Settings::scale, Type::up_to_1000},
     "number of containers of the first service; default: the number in the compose file"},
    {"secrets_as",
     &Settings::secrets_as,
     "how secrets are passed: files in /run/secrets, or env: variables, which docker inspect shows",
     {.allowed = {"files", "env"}}},
};

const config::Rows<Settings> exec_rows = {
    {"deploy",
     &Settings::exec_deploy,
     "program and arguments that deploy a release; {release}, {version}, {commit} and {previous} are filled in",
     {.check = check_exec, .needed = Needed::required}},
    {"rollback",
     &Settings::exec_rollback,
     "program and arguments that deploy an earlier release again; default: target.deploy",
     {.check = check_exec}},
    {"down", &Settings::exec_down, "program and arguments that stop a release", {.check = check_exec}},
    {"current",
     &Settings::exec_current,
     "program and arguments that print the deployed release, version or commit; it runs after deploy and rollback and "
     "for status --check",
     {.check = check_exec}},
    {"timeout", &Settings::exec_timeout, "maximum time of each of these commands", {.check = check_wait}},
    {"user",
     &Settings::user,
     "user of this host who runs these commands; default: the user who deploys",
     {.check = check_account}},
};

const config::Rows<Settings> target_rows(
    {{"kind",
      &Settings::target,
      "kind of place where releases run",
      {.allowed = place_names(), .needed = Needed::required}},
     {"prepare", &Settings::prepare, "commands to run in the new release before it starts", {.check = check_commands}},
     {"prepare_timeout", &Settings::prepare_timeout, "maximum time of each prepare command", {.check = check_wait}},
     {"socket_group",
      &Settings::socket_group,
      "group that may connect to the sockets; default: the group of nginx's user in /etc/nginx/nginx.conf",
      {.check = check_account}},
     {"state", &Settings::state,
      "folder of lock, journal and history; default: /var/lib/fairlead, or without root $XDG_STATE_HOME/fairlead"}},
    {{"direct", direct_rows}, {"compose", compose_rows}, {"exec", exec_rows}});

const config::Rows<Health> version_rows = {
    {"header", &Health::version_header, "response header that holds the release's id, version or commit"},
    {"json",
     {&Health::version_pointer, Type::text, json_location},
     "member of a JSON body that holds the release's id, version or commit: $.version or /version"},
};

// What stands in fairlead.yml is nobody's secret, and a probe needs none.
Result<void> read_header(const config::Value& value, const std::string& name, Health& health) {
    const auto text = value.text();
    const bool word = !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
    });
    if (!word || std::any_of(text.begin(), text.end(), [](unsigned char c) { return c < ' ' || c == 0x7F; }))
        return value.error(fmt::format("health.headers: '{}' is not the name of a header, or its value has control "
                                       "characters; write a header such as X-Forwarded-Proto: https",
                                       one_line(name)));
    if (is_secret_header(name, text) || is_secret(name, text) || holds_credentials(text))
        return value.error(fmt::format("health.headers: '{}' looks like a secret, which must not be in fairlead.yml; "
                                       "let health.path answer without it",
                                       one_line(name)));
    health.headers.emplace_back(name, text);
    return {};
}

Result<void> read_headers(const config::Value& value, Health& health) {
    for (const auto& [name, text] : value.entries()) TRY_VOID(read_header(text, name, health));
    return {};
}

const config::Rows<Health> health_rows = {
    {"path", {&Health::path, Type::route}, "path that is requested to find out whether a release is well"},
    {"expect", {Type::status, read_expected}, "expected status: 200, 200-299 or 2xx"},
    {"headers",
     {Type::open_map, read_headers, config::any_text()},
     "headers of each probe, such as those of an application that answers only https requests"},
    {"interval", {&Health::interval, Type::duration, parse_interval}, "time between two probes", {.check = check_wait}},
    {"timeout", &Health::timeout, "maximum time of a probe", {.check = check_wait}},
    {"deadline", &Health::deadline, "time after which a new release must be ready", {.check = check_wait}},
    {"healthy_after",
     {&Health::healthy_after, Type::up_to_1000},
     "number of good answers in a row after which a release is ready"},
    {"unhealthy_after",
     {&Health::unhealthy_after, Type::up_to_1000},
     "number of bad answers in a row while baking after which a release is sick"},
    {"version", version_rows, "where the answer names its release"},
};

const config::Rows<Settings> drain_rows = {
    {"timeout", &Settings::drain_timeout, "time that requests of the old release have to finish"},
};

const config::Rows<Settings> stop_rows = {
    {"signal", &Settings::stop_signal, "signal that asks the process to end", {.allowed = sys::signal_names()}},
    {"timeout", &Settings::stop_timeout, "time until SIGKILL"},
};

const config::Rows<Settings> verify_rows = {
    {"requests",
     {&Settings::verify_requests, Type::up_to_1000},
     "number of requests through the router after the switch"},
    {"smoke",
     {Type::boolean,
      [](const config::Value& value, Settings& settings) -> Result<void> {
          settings.policy.smoke = value.boolean(false);
          return {};
      }},
     "whether the checks of `smoke` also run, at the new release before the switch and through the router after it"},
};

const config::Rows<Settings> retain_rows = {
    {"releases", {&Settings::retain, Type::up_to_1000}, "number of releases kept for a rollback"},
};

const config::Rows<Part> component_rows = {
    {"config", &Part::config, "its own fairlead.yml, with the same environments", {.needed = Needed::required}},
    {"needs", &Part::needs, "components that are deployed before it, and taken back after it"},
};

const config::Rows<Settings> section_rows = {
    {"components",
     {&Settings::components, &Part::name, component_rows},
     "parts that are deployed together, each with its own file: {api: {config: api/fairlead.yml}}",
     {.check = check_process}},
    {"release", release_rows, "the release to deploy"},
    {"target", target_rows, "the place to deploy to"},
    {"router", {&Settings::router, router_rows()}, "the router of the users' requests"},
    {"strategy",
     {Type::map, read_strategy, strategy_rows.fields()},
     "how a new release replaces the old release; canary and rolling may also be a map of their settings",
     {.allowed = strategy_names(), .or_text = true}},
    {"keep_warm", &Settings::keep_warm,
     "how long the old release keeps running after its last request, so that a rollback needs no start"},
    {"promote_from", &Settings::promote_from,
     "environment that must have proved the release: only the release in the record of --promote-from is deployed"},
    {"health", {&Settings::health, health_rows}, "when a release counts as well"},
    {"verify", verify_rows, "checks through the router after the switch"},
    {"deadline",
     {Type::duration,
      [](const config::Value& value, Settings& settings) -> Result<void> {
          settings.policy.deadline = value.duration(settings.policy.deadline);
          return {};
      }},
     "maximum time of a deployment, after which it is taken back; default: 1h"},
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
     "commands before and after a deployment"},
    {"approvals",
     {Type::map,
      [](const config::Value& value, Settings& settings) {
          return approvals_rows().read(value, settings.policy.approvals, "approvals");
      },
      approvals_rows().fields()},
     "who must approve a plan before it is carried out"},
    {"migrate", &Settings::migrate,
     "whether fairlead-migrate runs the release's migrations: expanding migrations before the switch, contracting "
     "migrations after the old release has stopped"},
    {"migrate_timeout",
     &Settings::migrate_timeout,
     "maximum time of each of these two runs of migrations",
     {.check = check_wait}},
    {"bake", &Settings::bake, "how long the new release is watched before the old release is stopped"},
    {"drain", drain_rows, "how the old release finishes its requests"},
    {"stop", stop_rows, "how a release is stopped"},
    {"retain", retain_rows, "which releases are kept"},
};

}

const config::Rows<Settings>& settings_rows() { return section_rows; }

}
