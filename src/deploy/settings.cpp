#include "deploy/settings.h"
#include "base/json_path.h"
#include "base/text.h"
#include "sys/files.h"
#include "sys/supervise.h"
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

Result<void> read_expected(const config::Value& value, Health& health) {
    const auto text = value.text();
    if (text.empty()) return {};
    const auto dash = text.find('-');
    const auto lowest = parse_integer(text.substr(0, dash));
    const auto highest = dash == std::string::npos ? lowest : parse_integer(text.substr(dash + 1));
    if (!lowest.ok() || !highest.ok() || lowest.value() < 100 || highest.value() > 599 ||
        lowest.value() > highest.value()) {
        return value.error(fmt::format("'{}' is no range of status codes; write 200 or 200-299", text));
    }
    health.lowest = static_cast<int>(lowest.value());
    health.highest = static_cast<int>(highest.value());
    return {};
}

Result<int> count(const config::Value& value, int fallback) {
    const auto number = value.integer(fallback);
    if (number >= 1 && number <= 1000) return static_cast<int>(number);
    return value.error(fmt::format("{} is out of range; expected 1 to 1000", number));
}

Result<Health> read_health(const config::Value& section) {
    Health health;
    health.path = section["path"].text(health.path);
    if (health.path.empty() || health.path[0] != '/') return section["path"].error("a health path starts with '/'");
    TRY_VOID(read_expected(section["expect"], health));
    health.interval = std::max(section["interval"].duration(health.interval), Milliseconds{10});
    health.timeout = section["timeout"].duration(health.timeout);
    health.deadline = section["deadline"].duration(health.deadline);
    health.healthy_after = TRY(count(section["healthy_after"], health.healthy_after));
    health.unhealthy_after = TRY(count(section["unhealthy_after"], health.unhealthy_after));
    health.version_header = section.at("version.header").text();
    const auto member = section.at("version.json");
    auto pointer = json_location(member.text());
    if (!pointer) return member.error(pointer.error().message);
    health.version_pointer = pointer.value();
    return health;
}

Result<std::vector<std::vector<std::string>>> read_prepare(const config::Value& value) {
    std::vector<std::vector<std::string>> commands;
    if (!value.present()) return commands;
    for (const auto& item : value.items()) {
        if (!item.is_list() || item.texts().empty()) {
            return item.error("a command is a list of words; write prepare: [[python3, migrate.py]]");
        }
        commands.push_back(item.texts());
    }
    return commands;
}

Result<void> read_target(const config::Config& config, const config::Value& section, Settings& settings) {
    const auto target = section["target"];
    settings.target = target["kind"].text(settings.target);
    settings.root = absolute(config, target["root"].text());
    settings.state = absolute(config, target["state"].text());
    settings.command = target["command"].texts();
    settings.prepare = TRY(read_prepare(target["prepare"]));
    settings.shared = target["shared"].texts();
    settings.supervise = target["supervise"].text(settings.supervise);
    if (!target.present() || settings.root.empty() || settings.command.empty()) {
        return section.error(
            fmt::format("environment '{}' has no target; write deploy.target: {{kind: direct, root: /srv/{}, "
                        "command: [...]}}",
                        settings.environment, settings.app));
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
    if (!name.empty() && name[0] != '.' && name[0] != '-' && std::all_of(name.begin(), name.end(), allowed)) return {};
    return usage(fmt::format(
        "the name '{}' of app or environment takes letters, digits and - _ . only; set app: in fairlead.yml", name));
}

void read_env(const config::Config& config, Settings& settings) {
    const auto env = config.environment(settings.environment)["env"];
    settings.env_file = absolute(config, env["file"].text());
    settings.secrets = env["secrets"].texts();
    settings.env_from = env["from"].texts();
}

std::string default_state(const sys::Environment& variables, bool root) {
    if (root) return "/var/lib/fairlead";
    if (const auto folder = variables.get("XDG_STATE_HOME")) return *folder + "/fairlead";
    return variables.get_or("HOME", "/tmp") + "/.local/state/fairlead";
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
    while (settings.url.back() == '/') settings.url.pop_back();
    settings.release_path = absolute(config, section.at("release.path").text("."));
    settings.release_version = section.at("release.version").text();
    settings.exclude = section.at("release.exclude").texts();
    TRY_VOID(read_target(config, section, settings));
    settings.router = section.at("router.kind").text(settings.router);
    settings.strategy = section["strategy"].text(settings.strategy);
    settings.health = TRY(read_health(section["health"]));
    settings.drain_timeout = section.at("drain.timeout").duration(settings.drain_timeout);
    settings.stop_timeout = section.at("stop.timeout").duration(settings.stop_timeout);
    settings.bake = section["bake"].duration(settings.bake);
    settings.stop_signal = section.at("stop.signal").text(settings.stop_signal);
    if (sys::signal_number(settings.stop_signal) == 0) {
        return section.at("stop.signal")
            .error(fmt::format("signal '{}' is unknown; expected SIGTERM, SIGINT or SIGQUIT", settings.stop_signal));
    }
    settings.verify_requests = TRY(count(section.at("verify.requests"), settings.verify_requests));
    settings.retain =
        static_cast<std::size_t>(TRY(count(section.at("retain.releases"), static_cast<int>(settings.retain))));
    read_env(config, settings);
    if (settings.state.empty()) settings.state = default_state(variables, sys::is_root());
    settings.state += "/" + settings.app + "/" + settings.environment;
    return settings;
}

}
