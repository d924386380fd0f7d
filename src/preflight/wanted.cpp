#include "preflight/wanted.h"
#include "base/text.h"
#include "read/compose/compose.h"
#include "sys/clock.h"
#include "sys/files/files.h"
#include <fmt/format.h>
#include <iterator>

namespace fairlead::preflight {

namespace {

// Nobody may sign, or anybody? Whoever empties it by mistake would get the second.
Result<void> check_signers(const config::Value& section) {
    const auto signers = section["signers"];
    if (signers.present() && signers.texts().empty())
        return signers.error(
            "preflight.signers is empty; name people who may sign, or remove the key to use CODEOWNERS");
    return {};
}

// One "KEY=VALUE" as fairlead.yml would say it; it is checked as that is.
Result<void> apply_setting(const std::string& setting, const sys::Environment& variables, Settings& settings) {
    const auto equals = setting.find('=');
    if (equals == setting.npos || equals == 0)
        return usage(fmt::format("--set: '{}' has no '='; write --set preflight.secret_min=32", setting));
    auto keys = split(setting.substr(0, equals), '.');
    if (keys.front() == "preflight") keys.erase(keys.begin());
    std::string yaml = "version: 1\npreflight:";
    std::string indent = "\n  ";
    for (const auto& key : keys) {
        yaml += indent + "\"" + json_escape(key) + "\":";
        indent += "  ";
    }
    // What YAML reads otherwise than it stands is quoted: "**" would be an alias.
    const auto value = setting.substr(equals + 1);
    const bool is_yaml = value.starts_with('[') || value.starts_with('{') || value.starts_with('"');
    const bool is_plain = value.find_first_of("*&!|>%@`#:,'\"{}[]?") == value.npos;
    yaml += " " + (is_yaml || is_plain ? value : "\"" + json_escape(value) + "\"") + "\n";
    const auto loaded = TRY(config::load_text(yaml, "--set " + setting,
                                              {.path = {},
                                               .folder = ".",
                                               .environment = &variables,
                                               .environment_name = {},
                                               .tool = "preflight",
                                               .fields = settings_rows().fields(),
                                               .change = nullptr}));
    TRY_VOID(check_signers(loaded.section("preflight")));
    return settings_rows().read(loaded.section("preflight"), settings);
}

}

Result<Settings> settings_of(const Request& request, const config::Value& section, const sys::Environment& variables) {
    Settings settings;
    TRY_VOID(settings_rows().read(section, settings));
    TRY_VOID(check_signers(section));
    for (const auto& setting : request.settings) {
        auto applied = apply_setting(setting, variables, settings);
        if (!applied.ok()) return usage(applied.error().message);
    }
    return settings;
}

Profile profile_of(const Request& request, const config::Config& config) {
    for (const auto profile : {Profile::development, Profile::staging, Profile::production})
        if (request.profile == config::name_of(profile)) return profile;
    return request.environment.empty() ? Profile::production : config.profile(request.environment);
}

Wanted wanted_of(const Request& request, const Surroundings& around, Settings settings) {
    Wanted wanted;
    if (request.command == "check") wanted.paths = request.targets;
    wanted.env_files = request.env_files;
    wanted.compose_files = request.compose_files;
    wanted.dialect = request.dialect;
    wanted.stage = request.stage;
    wanted.env_of_process = request.env_from == "process";
    wanted.stdin_name = request.stdin_name;
    wanted.environment = request.environment;
    wanted.profile = profile_of(request, around.config);
    wanted.variables = around.variables.all();
    wanted.now = sys::real_clock().now();
    if (const auto file = around.config.environment(request.environment)["env"]["file"]; file.present())
        settings.env_files.push_back(file.text());
    const auto deploy = around.config.section("deploy", request.environment);
    if (const auto path = deploy["health"]["path"]; path.present()) settings.health_path = path.text();
    if (const auto target = deploy["target"]; target["kind"].present() && target["kind"].text() == "compose") {
        for (const auto& file : target["files"].items()) settings.deployed.push_back(file.text());
        if (settings.deployed.empty())
            settings.deployed.assign(std::begin(read::compose_file_names), std::end(read::compose_file_names));
    }
    for (auto* paths : {&settings.env_files, &settings.compose_files, &settings.deployed})
        for (auto& path : *paths) path = (sys::Path(around.config.folder()) / path).string();
    if (around.config.environment(request.environment)["env"]["file"].present())
        wanted.own_env_file = settings.env_files.back();
    wanted.settings = std::move(settings);
    return wanted;
}

}
