#include "deploy/settings.h"
#include "base/json_path.h"
#include "base/printable.h"
#include "base/text.h"
#include "config/rows.h"
#include "deploy/direct/nginx.h"
#include "deploy/direct/variables.h"
#include "deploy/layout.h"
#include "deploy/strategies.h"
#include "deploy/target.h"
#include "sys/files/beneath.h"
#include "sys/files/files.h"
#include "sys/http/sockets.h"
#include "sys/process/supervise.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::deploy {

namespace {

std::string absolute(const config::Config& config, const std::string& path) {
    if (path.empty()) return {};
    auto whole = (sys::Path(config.folder()) / path).lexically_normal().string();
    if (whole.size() > 1 && whole.back() == '/') whole.pop_back();
    return whole;
}

Result<std::string> choose_environment(const config::Config& config, const std::string& given) {
    const auto known = config.environments();
    if (given.empty()) {
        return usage(known.empty()
                         ? "fairlead.yml has no environments; add environments.staging with its url and deploy.target"
                         : fmt::format("which environment? say --env {}", one_of(known)));
    }
    if (config.environment(given).present()) return given;
    return usage(fmt::format("environment '{}' is unknown; expected {}", given, one_of(known)));
}

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

Result<void> check_wait(const config::Value& value, const std::string& name) {
    if (value.duration({}).count() > 0) return {};
    return value.error(fmt::format("{} is longer than 0s; without it is the default", name));
}

bool is_at_or_above(const std::string& folder, const std::string& path) {
    return path == folder || path.starts_with(folder + "/");
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

// The root is written into nginx's configuration, into systemd's units (where * ? [ ] are patterns, and a backslash
// means another character or the next line) and into the words of target.command (where braces are placeholders).
// Everything else is quoted there.
bool can_be_written(const std::string& path) {
    return std::none_of(path.begin(), path.end(), [](unsigned char c) {
        return c < ' ' || c == 0x7f ||
               std::string_view("\\*?[]{}").find(static_cast<char>(c)) != std::string_view::npos;
    });
}

// What is below the root is ours to replace and to remove, so it is a folder that is nobody else's.
Result<void> check_root(const config::Config& config, const config::Value& root, const Settings& settings,
                        const std::string& home) {
    const auto& folder = settings.root;
    const auto wanted = fmt::format("; write a folder of its own, e.g. /srv/{}", settings.app);
    if (folder.find('/', 1) == std::string::npos)
        return root.error(fmt::format("target.root '{}' belongs to the whole host{}", folder, wanted));
    if (!can_be_written(folder))
        return root.error(fmt::format("target.root '{}' holds a character that systemd or the command would read as "
                                      "something else (\\ * ? [ ] {{ }} or a control character){}",
                                      one_line(folder), wanted));
    const bool archive = sys::inspect(settings.release_path).type == sys::FileType::file;
    if (folder == absolute(config, ".") || (!archive && is_at_or_above(folder, settings.release_path)))
        return root.error(fmt::format("target.root '{}' holds what is deployed{}", folder, wanted));
    if (folder == home) return root.error(fmt::format("target.root '{}' is a home folder{}", folder, wanted));
    return {};
}

// "{sockt}" would reach the program as it is. Braces that are near to nothing of ours are the program's own.
Result<void> check_placeholders(const config::Value& command, const std::string&) {
    const std::vector<std::string> known = {"socket", "release", "shared", "slot"};
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

std::vector<std::string_view> strategy_names() {
    std::vector<std::string_view> names;
    for (const auto& row : strategies()) names.push_back(row.name);
    return names;
}

std::vector<std::string_view> target_names() {
    std::vector<std::string_view> names;
    for (const auto& row : target_kinds()) names.push_back(row.name);
    return names;
}

// What fairlead.yml may say below `deploy:`, and what it fills.
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

const config::Rows<Settings> direct_rows = {
    {"root", &Settings::root, "folder of releases, slots and sockets", {.needed = Needed::required}},
    {"command",
     &Settings::command,
     "program and arguments; {socket}, {release}, {shared} and {slot} are filled in",
     {.check = check_placeholders, .needed = Needed::required}},
    {"prepare", &Settings::prepare, "commands to run in the new release before it starts", {.check = check_commands}},
    {"shared", &Settings::shared, "paths that all releases share", {.check = check_shared}},
    {"user",
     &Settings::user,
     "of this host, who prepare and the application run as; default: whoever deploys",
     {.check = check_account}},
    {"socket_group",
     &Settings::socket_group,
     "group that may connect to the sockets; default: that of nginx's user in /etc/nginx/nginx.conf",
     {.check = check_account}},
    {"supervise", &Settings::supervise, "who keeps the process running", {.allowed = {"auto", "systemd", "own"}}},
    {"state", &Settings::state,
     "folder of lock, journal and history; default /var/lib/fairlead, without root $XDG_STATE_HOME/fairlead"},
};

const config::Rows<Settings> target_rows(
    {{"kind", &Settings::target, "where releases run", {.allowed = target_names(), .needed = Needed::required}}},
    {{"direct", direct_rows}});

const config::Rows<Health> version_rows = {
    {"header", &Health::version_header, "response header that holds the release's id, version or commit"},
    {"json",
     {&Health::version_pointer, Type::text, json_location},
     "the same as a member of a JSON body: $.version or /version"},
};

const config::Rows<Health> health_rows = {
    {"path", {&Health::path, Type::route}, "asked to find out whether a release is well"},
    {"expect", {Type::status, read_expected}, "status, 200, 200-299 or 2xx"},
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
};

const config::Rows<Settings> retain_rows = {
    {"releases", {&Settings::retain, Type::up_to_1000}, "kept for a rollback"},
};

const config::Rows<Settings> section_rows = {
    {"release", release_rows, "what is deployed"},
    {"target", target_rows, "where to"},
    {"strategy", &Settings::strategy, "how releases take turns", {.allowed = strategy_names()}},
    {"promote_from", &Settings::promote_from,
     "environment that has to have proved the release: only what the record of --promote-from tells is deployed"},
    {"health", {&Settings::health, health_rows}, "when a release is well"},
    {"verify", verify_rows, "the look through the router"},
    {"bake", &Settings::bake, "how long the new release is watched before the old one goes"},
    {"drain", drain_rows, "letting the old release finish"},
    {"stop", stop_rows, "how a release is stopped"},
    {"retain", retain_rows, "what is kept"},
};

// What only all of it together tells.
Result<void> settle_target(const config::Config& config, const config::Value& section, const std::string& home,
                           Settings& settings) {
    const auto target = section["target"];
    settings.root = absolute(config, settings.root);
    settings.state = absolute(config, settings.state);
    if (settings.root.empty() || settings.command.empty()) {
        return section.error(
            fmt::format("environment '{}' has no target; write deploy.target: {{kind: direct, root: /srv/{}, "
                        "command: [...]}}",
                        settings.environment, settings.app));
    }
    TRY_VOID(check_root(config, target["root"], settings, home));
    for (const auto& [key, path] : {std::pair("root", settings.root), std::pair("state", settings.state)})
        if (std::any_of(path.begin(), path.end(), [](char c) { return c >= 0 && (c < ' ' || c == 0x7F); }))
            return target[key].error(fmt::format("target.{} holds a control character; no unit and no router's "
                                                 "configuration has a place for it",
                                                 key));
    const auto socket = Layout{settings.root}.current_socket().string();
    if (socket.size() <= sys::socket_path_limit) return {};
    return target["root"].error(
        fmt::format("the socket '{}' has {} bytes, a unix socket's path at most {}; choose a shorter target.root",
                    socket, socket.size(), sys::socket_path_limit));
}

// They become names of folders, of a systemd unit and of an nginx upstream.
Result<void> check_name(const std::string& name) {
    const auto allowed = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' ||
               c == '.';
    };
    constexpr std::size_t longest = 64; // two of them are a unit's name and an upstream's
    if (name.size() > longest)
        return usage(fmt::format("the name '{}…' of app or environment has {} characters; at most {} are allowed",
                                 name.substr(0, 20), name.size(), longest));
    if (!name.empty() && name[0] != '.' && name[0] != '-' && std::all_of(name.begin(), name.end(), allowed)) return {};
    return usage(fmt::format(
        "the name '{}' of app or environment takes letters, digits and - _ . only; set app: in fairlead.yml", name));
}

Result<void> check_promote_from(const config::Config& config, const config::Value& key, const Settings& settings) {
    const auto names = config.environments();
    if (!key.present()) return {};
    if (settings.promote_from == settings.environment)
        return key.error("promote_from names this environment itself; write the one before it");
    if (std::find(names.begin(), names.end(), settings.promote_from) != names.end()) return {};
    return key.error(fmt::format("environment '{}' of promote_from is unknown; expected {}",
                                 one_line(settings.promote_from), one_of(names)));
}

Result<void> read_env(const config::Config& config, Settings& settings) {
    const auto env = config.environment(settings.environment)["env"];
    settings.env_file = absolute(config, env["file"].text());
    settings.env_folder = config.folder();
    if (!settings.env_file.empty()) {
        const auto tree = TRY(sys::root_around(config.folder()));
        const auto inside = sys::named_by_tree(tree, config.folder(), settings.env_file,
                                               "keep it there, or have env.from print it: [cat, FILE]");
        if (!inside.ok()) return env["file"].error(inside.error().message);
    }
    settings.secrets = env["secrets"].texts();
    settings.env_from = env["from"].texts();
    settings.declared = config.variables(settings.environment);
    for (const auto& name : env["secrets"].items())
        if (!is_variable_name(name.text()))
            return name.error(fmt::format("secret '{}' is not the name of a variable; write it as DATABASE_URL, its "
                                          "value stays out of the file",
                                          name.text()));
    return {};
}

// Never in a folder that others write to, as /tmp: they would make the lock, or the state, before us.
Result<std::string> default_state(const sys::Environment& variables, bool root) {
    if (root) return std::string("/var/lib/fairlead");
    const auto folder = variables.get_or("XDG_STATE_HOME", ""), home = variables.get_or("HOME", "");
    if (folder.starts_with('/')) return folder + "/fairlead"; // by the XDG specification a relative one counts as unset
    if (home.starts_with('/')) return home + "/.local/state/fairlead";
    return usage(
        "the deployment's state has no place: neither XDG_STATE_HOME nor HOME is an absolute path; set one, or "
        "write deploy.target.state");
}

}

std::span<const Field> fields() { return section_rows.fields(); }

std::span<const config::Milder> milder() {
    using When = config::Milder::When;
    static constexpr config::Milder rows[] = {{"health.path", When::altered},
                                              {"health.expect", When::altered},
                                              {"health.healthy_after", When::lower, "3"},
                                              {"health.unhealthy_after", When::higher, "2"},
                                              {"health.version", When::removed},
                                              {"verify.requests", When::lower, "20"},
                                              {"bake", When::lower, "30s"},
                                              {"promote_from", When::altered}};
    return rows;
}

Result<Settings> read_settings(const config::Config& config, const std::string& environment,
                               const sys::Environment& variables) {
    if (!config.present()) return usage("there is no fairlead.yml here or above; `fairlead init` writes one");
    Settings settings;
    settings.app = config.app();
    settings.environment = TRY(choose_environment(config, environment));
    for (const auto& name : {settings.app, settings.environment}) TRY_VOID(check_name(name));
    const auto section = config.section("deploy", settings.environment);
    settings.url = config.environment(settings.environment)["url"].text();
    if (settings.url.empty()) {
        return usage(fmt::format("environment '{}' has no url; the switch is verified through it: write "
                                 "environments.{}.url",
                                 settings.environment, settings.environment));
    }
    const auto reachable = check_url(settings.url);
    if (!reachable.ok()) return config.environment(settings.environment)["url"].error(reachable.error().message);
    while (settings.url.back() == '/') settings.url.pop_back();
    TRY_VOID(section_rows.read(section, settings));
    settings.release_path = absolute(config, settings.release_path);
    TRY_VOID(check_promote_from(config, section["promote_from"], settings));
    TRY_VOID(settle_target(config, section, variables.get_or("HOME", ""), settings));
    TRY_VOID(read_env(config, settings));
    if (settings.state.empty()) settings.state = TRY(default_state(variables, sys::is_root()));
    settings.state += "/" + settings.app + "/" + settings.environment;
    return settings;
}

}
