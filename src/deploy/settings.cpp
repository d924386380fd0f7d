#include "deploy/settings.h"
#include "base/json_path.h"
#include "base/printable.h"
#include "base/text.h"
#include "deploy/direct/nginx.h"
#include "deploy/direct/variables.h"
#include "deploy/layout.h"
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

// "200", "200-299" or "2xx", as the rows say; the higher one may still stand first.
Result<void> read_expected(const config::Value& value, Health& health) {
    std::string text = value.text();
    if (text.empty()) return {};
    if (text.ends_with("xx")) text = fmt::format("{0}00-{0}99", text[0]);
    health.lowest = static_cast<int>(parse_integer(text.substr(0, 3)).value_or(0));
    health.highest = static_cast<int>(parse_integer(text.substr(text.size() - 3)).value_or(0));
    if (health.lowest <= health.highest) return {};
    return value.error(fmt::format("'{}' is not a range of statuses; the lower one comes first: {}-{}", text,
                                   health.highest, health.lowest));
}

int count(const config::Value& value, int fallback) { return static_cast<int>(value.integer(fallback)); }

Result<Health> read_health(const config::Value& section) {
    Health health;
    health.path = section["path"].text(health.path);
    TRY_VOID(read_expected(section["expect"], health));
    health.interval = std::max(section["interval"].duration(health.interval), Milliseconds{10});
    health.timeout = section["timeout"].duration(health.timeout);
    health.deadline = section["deadline"].duration(health.deadline);
    health.healthy_after = count(section["healthy_after"], health.healthy_after);
    health.unhealthy_after = count(section["unhealthy_after"], health.unhealthy_after);
    health.version_header = section.at("version.header").text();
    const auto member = section.at("version.json");
    auto pointer = json_location(member.text());
    if (!pointer) return member.error(pointer.error().message);
    health.version_pointer = pointer.value();
    for (const auto* key : {"interval", "timeout", "deadline"})
        if (section[key].present() && section[key].duration({}).count() <= 0)
            return section[key].error(fmt::format("health.{} is longer than 0s; without it is the default", key));
    return health;
}

bool is_at_or_above(const std::string& folder, const std::string& path) {
    return path == folder || path.starts_with(folder + "/");
}

// They are written into systemd's units and told in commands to paste.
bool is_account_name(const std::string& name) {
    constexpr std::string_view others = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_.-";
    return name.size() <= 64 && name.find_first_not_of(others) == name.npos && name[0] != '-' && name[0] != '.';
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
Result<void> check_placeholders(const config::Value& command) {
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

Result<void> read_target(const config::Config& config, const config::Value& section, const std::string& home,
                         Settings& settings) {
    const auto target = section["target"];
    settings.target = target["kind"].text(settings.target);
    settings.root = absolute(config, target["root"].text());
    settings.state = absolute(config, target["state"].text());
    settings.command = target["command"].texts();
    for (const auto& command : target["prepare"].items()) settings.prepare.push_back(command.texts());
    settings.shared = target["shared"].texts();
    settings.user = target["user"].text();
    settings.socket_group = target["socket_group"].text();
    for (const auto* key : {"user", "socket_group"})
        if (!target[key].text("x").empty() && !is_account_name(target[key].text("x")))
            return target[key].error(
                fmt::format("'{}' is not the name of a {} on this host; it takes letters, digits and - _ . only",
                            one_line(target[key].text()), std::string_view(key) == "user" ? "user" : "group"));
    settings.supervise = target["supervise"].text(settings.supervise);
    if (!target.present() || settings.root.empty() || settings.command.empty()) {
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
    TRY_VOID(check_placeholders(target["command"]));
    for (const auto& command : target["prepare"].items()) TRY_VOID(check_placeholders(command));
    const auto socket = Layout{settings.root}.current_socket().string();
    if (socket.size() > sys::socket_path_limit) {
        return target["root"].error(
            fmt::format("the socket '{}' has {} bytes, a unix socket's path at most {}; choose a shorter target.root",
                        socket, socket.size(), sys::socket_path_limit));
    }
    for (const auto& path : settings.shared) {
        const auto normal = sys::Path(path).lexically_normal();
        if (normal.is_absolute() || normal.empty() || normal == "." || *normal.begin() == "..") {
            return target["shared"].error(
                fmt::format("shared path '{}' is not below the release; write it from there", path));
        }
    }
    return {};
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

Result<void> read_limits(const config::Value& release, Settings& settings) {
    if (const auto size = release["max_size"]; size.present()) {
        const auto bytes = parse_size(size.text());
        if (!bytes.ok()) return size.error(bytes.error().message);
        if (bytes.value() == 0) return size.error("release.max_size 0 lets no release pass; write 4GiB");
        settings.max_size = bytes.value();
    }
    const auto number = [&](const char* key, std::uint64_t fallback) {
        return static_cast<std::uint64_t>(release[key].integer(static_cast<std::int64_t>(fallback)));
    };
    settings.max_files = number("max_files", settings.max_files);
    settings.max_ratio = number("max_ratio", settings.max_ratio);
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
    settings.release_path = absolute(config, section.at("release.path").text("."));
    settings.release_version = section.at("release.version").text();
    settings.exclude = section.at("release.exclude").texts();
    TRY_VOID(read_limits(section["release"], settings));
    TRY_VOID(read_target(config, section, variables.get_or("HOME", ""), settings));
    settings.strategy = section["strategy"].text(settings.strategy);
    settings.health = TRY(read_health(section["health"]));
    settings.drain_timeout = section.at("drain.timeout").duration(settings.drain_timeout);
    settings.stop_timeout = section.at("stop.timeout").duration(settings.stop_timeout);
    settings.bake = section["bake"].duration(settings.bake);
    settings.stop_signal = section.at("stop.signal").text(settings.stop_signal);
    settings.verify_requests = count(section.at("verify.requests"), settings.verify_requests);
    settings.retain = static_cast<std::size_t>(count(section.at("retain.releases"), static_cast<int>(settings.retain)));
    TRY_VOID(read_env(config, settings));
    if (settings.state.empty()) settings.state = TRY(default_state(variables, sys::is_root()));
    settings.state += "/" + settings.app + "/" + settings.environment;
    return settings;
}

}
