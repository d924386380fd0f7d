#include "deploy/settings.h"
#include "base/printable.h"
#include "base/text.h"
#include "deploy/direct/variables.h"
#include "deploy/layout.h"
#include "deploy/routers/site.h"
#include "deploy/settings_rows.h"
#include "read/compose/compose.h"
#include "sys/files/beneath.h"
#include "sys/files/files.h"
#include "sys/files/owned/state.h"
#include "sys/http/sockets.h"
#include "sys/process/process.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::deploy {

Error which_environment(const config::Config& config) {
    const auto known = config.environments();
    return usage(known.empty()
                     ? "fairlead.yml has no environments; add environments.staging with its url and deploy.target"
                     : fmt::format("no environment was named; say --env {}", one_of(known)));
}

namespace {

std::string absolute(const config::Config& config, const std::string& path) {
    if (path.empty()) return {};
    auto whole = (sys::Path(config.folder()) / path).lexically_normal().string();
    if (whole.size() > 1 && whole.back() == '/') whole.pop_back();
    return whole;
}

Result<std::string> choose_environment(const config::Config& config, const std::string& given) {
    const auto known = config.environments();
    if (given.empty()) return which_environment(config);
    if (config.environment(given).present()) return given;
    return usage(fmt::format("environment '{}' is unknown; expected {}", given, one_of(known)));
}

bool is_at_or_above(const std::string& folder, const std::string& path) {
    return path == folder || path.starts_with(folder + "/");
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
        return root.error(fmt::format("target.root '{}' contains the release itself{}", folder, wanted));
    if (folder == home) return root.error(fmt::format("target.root '{}' is a home folder{}", folder, wanted));
    return {};
}

// Without a target a compose file is one; empty: none.
std::string compose_file(const config::Config& config) {
    for (const auto name : read::compose_file_names)
        if (sys::inspect(absolute(config, std::string(name))).type == sys::FileType::file) return std::string(name);
    return {};
}

Result<void> settle_compose(const config::Value& target, Settings& settings) {
    const auto found =
        settings.found_target.empty()
            ? std::string()
            : fmt::format("fairlead.yml has no target, so {} makes it kind compose; ", settings.found_target);
    const auto& router = settings.router.kind;
    if (settings.uses_sockets() && settings.root.empty())
        return target.error(fmt::format(
            "{}{} reaches this target through sockets, so set target.sockets, e.g. /srv/{}; if the application listens "
            "at a port, write target.port and router: {{kind: nginx, mode: include}} or {{kind: haproxy}}",
            found, router, settings.app));
    if (!settings.uses_sockets() && settings.router.by_links())
        return target["port"].error(
            fmt::format("{} can reach a port {}; write router: {{kind: nginx, mode: include}} or {{kind: haproxy}}, or "
                        "leave target.port out and let the application listen at $FAIRLEAD_SOCKET",
                        router, router == "nginx" ? "only in mode include" : "on no target"));
    if (settings.scale > 0) settings.replicas = settings.scale; // as routers count them
    return {};
}

// What runs is reached, so the old release has to be gone before the new one starts.
Result<void> check_by_service(const config::Value& section, const Settings& settings) {
    if (settings.router.kind != "service") return {};
    const auto router = section["router"];
    if (settings.target != "compose" || !settings.root.empty())
        return router.error("router service works only with target kind compose, without target.sockets");
    if (settings.strategy != "recreate")
        return router.error(fmt::format("with router service both releases would get requests at once; write strategy: "
                                        "recreate instead of {}",
                                        settings.strategy));
    return {};
}

// Its commands do what a router and a strategy do elsewhere.
Result<void> settle_exec(const config::Value& section, Settings& settings) {
    for (const auto* key : {"router", "strategy", "keep_warm", "drain", "stop"})
        if (section[key].present())
            return section[key].error(fmt::format(
                "{} works only with target kind direct or compose; the commands of exec route the requests themselves",
                key));
    for (const auto* key : {"socket_group", "prepare_timeout"})
        if (section["target"][key].present())
            return section["target"][key].error(fmt::format(
                "target.{} works only with target kind direct or compose; {}", key,
                key == std::string_view("socket_group") ? "exec has no sockets"
                                                        : "with exec, target.timeout is also the limit of prepare"));
    settings.router.kind = "elsewhere";
    settings.strategy = "exec";
    return {};
}

Result<void> check_port_named(const config::Value& command, const Settings& settings) {
    for (const auto& word : command.items())
        if (settings.port == 0 && word.text().find("{port}") != std::string::npos)
            return word.error("{port} is used, but target.port is not set; set it to the first port");
    return {};
}

Result<void> check_reload(const config::Value& reload, const Settings& settings) {
    if (settings.reload.empty()) return {};
    if (!settings.user.empty() && sys::is_root())
        return reload.error(
            "reload starts the application in a folder that target.user can't open; leave out reload or target.user");
    if (settings.strategy != "rolling")
        return reload.error(fmt::format("reload makes the running process read its code again, but strategy {} starts "
                                        "another process; write strategy: rolling, or leave reload out",
                                        settings.strategy));
    if (settings.replicas == 1 && settings.port == 0) return {};
    return reload.error("reload works only for a single process at a socket; with replicas or a port leave it out: "
                        "strategy rolling replaces the replicas in turn");
}

// What only all of it together tells.
Result<void> settle_target(const config::Config& config, const config::Value& section, const std::string& home,
                           Settings& settings) {
    const auto target = section["target"];
    settings.root = absolute(config, settings.root);
    settings.state = absolute(config, settings.state);
    if (!target.present()) settings.found_target = compose_file(config);
    if (!settings.found_target.empty()) settings.target = "compose";
    if (settings.target == "exec") return settle_exec(section, settings);
    if (settings.target == "compose") TRY_VOID(settle_compose(target.present() ? target : section, settings));
    if (settings.target == "compose" && settings.root.empty()) return {};
    if (settings.root.empty() || (settings.target == "direct" && settings.command.empty())) {
        return section.error(
            fmt::format("environment '{}' has no target; write deploy.target: {{kind: direct, root: /srv/{}, "
                        "command: [...]}}, or {{kind: compose, services: [...]}}",
                        settings.environment, settings.app));
    }
    const auto root = target[settings.target == "compose" ? "sockets" : "root"];
    TRY_VOID(check_root(config, root, settings, home));
    TRY_VOID(check_port_named(target["command"], settings));
    TRY_VOID(check_reload(target["reload"], settings));
    for (const auto& [name, process] : target["processes"].entries())
        TRY_VOID(check_port_named(process["command"], settings));
    for (const auto& [key, path] : {std::pair("root", settings.root), std::pair("state", settings.state)})
        if (std::any_of(path.begin(), path.end(), [](char c) { return c >= 0 && (c < ' ' || c == 0x7F); }))
            return target[key].error(fmt::format("target.{} holds a control character, which can't be written into a "
                                                 "systemd unit or a router's configuration",
                                                 key));
    const auto socket = Layout{settings.root}.current_socket().string();
    if (socket.size() <= sys::socket_path_limit) return {};
    return root.error(fmt::format(
        "the path of the socket '{}' has {} bytes, and at most {} are allowed; choose a shorter target.root", socket,
        socket.size(), sys::socket_path_limit));
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
        "the name '{}' of app or environment may have only letters, digits and - _ .; set app: in fairlead.yml", name));
}

Result<void> check_promote_from(const config::Config& config, const config::Value& key, const Settings& settings) {
    const auto names = config.environments();
    if (!key.present()) return {};
    if (settings.promote_from == settings.environment)
        return key.error("promote_from names this environment itself; write the environment before it");
    if (std::find(names.begin(), names.end(), settings.promote_from) != names.end()) return {};
    return key.error(fmt::format("environment '{}' of promote_from is unknown; expected {}",
                                 one_line(settings.promote_from), one_of(names)));
}

// Twice is once too often, and the second one knows nothing of phases.
Result<void> check_migrate_hooks(const config::Value& section, const Settings& settings) {
    const auto& hooks = settings.policy.hooks;
    if (!settings.migrate) return {};
    for (const auto* list : {&hooks.pre, &hooks.post})
        for (const auto& hook : *list) {
            const auto program = hook.exec.empty() ? std::string() : sys::Path(hook.exec[0]).filename().string();
            if (hook.run == "migrate" || program == "fairlead-migrate")
                return section["hooks"].error(fmt::format(
                    "hook '{}' and deploy.migrate would both run the migrations; leave out the hook or deploy.migrate",
                    one_line(hook.name)));
        }
    return {};
}

// What the file names lies in its tree, and no link there leads out of it.
Result<void> check_release_path(const config::Config& config, const config::Value& section, const Settings& settings) {
    const auto path = section["release"]["path"];
    if (!path.present()) return {};
    const auto tree = TRY(sys::root_around(config.folder()));
    const auto inside = sys::named_by_tree(tree, config.folder(), settings.release_path, "build it there");
    if (!inside.ok()) return path.error(inside.error().message);
    const auto real = tree.real(inside->path);
    return real.ok() ? Result<void>() : path.error(real.error().message);
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
    settings.required = env["required"].texts();
    settings.env_from = env["from"].texts();
    settings.declared = config.variables(settings.environment);
    for (const auto& name : env["required"].items())
        if (!is_variable_name(name.text()))
            return name.error(
                fmt::format("'{}' of env.required is not the name of a variable; write only a name, such as "
                            "DATABASE_URL",
                            one_line(name.text())));
    for (const auto& name : env["secrets"].items())
        if (!is_variable_name(name.text()))
            return name.error(fmt::format("secret '{}' is not the name of a variable; write only a name, such as "
                                          "DATABASE_URL, and keep the value out of the file",
                                          name.text()));
    return {};
}

}

Result<std::string> default_state(const sys::Environment& variables, bool root) {
    if (const auto folder = sys::state_folder(variables, root)) return *folder;
    return usage("the deployment's state has no folder: XDG_STATE_HOME and HOME are not absolute paths; set "
                 "XDG_STATE_HOME or HOME, or write deploy.target.state");
}

std::span<const Field> fields() { return settings_rows().fields(); }

Result<std::vector<Part>> read_parts(const config::Config& config, const std::string& environment) {
    Settings settings;
    const auto section = config.section("deploy", environment);
    if (!section["components"].present()) return settings.components;
    for (const auto& [key, value] : section.entries())
        if (key != "components")
            return value.error(fmt::format("deploy.{} belongs in the files of the components", one_line(key)));
    if (const auto require = config.environment(environment)["require"]; require.present())
        return require.error("require belongs in the files of the components");
    TRY_VOID(settings_rows().read(section, settings));
    if (settings.components.empty())
        return section["components"].error("components is empty; name at least one component");
    return settings.components;
}

std::span<const config::Milder> milder() {
    using When = config::Milder::When;
    static constexpr config::Milder rows[] = {{"health.path", When::altered},
                                              {"health.expect", When::altered},
                                              {"health.healthy_after", When::lower, "3"},
                                              {"health.unhealthy_after", When::higher, "2"},
                                              {"health.version", When::removed},
                                              {"verify.requests", When::lower, "20"},
                                              {"bake", When::lower, "30s"},
                                              {"promote_from", When::altered},
                                              {"environments.*.require.*", When::removed},
                                              {"evidence.keys", When::altered},
                                              {"evidence.revoked.*", When::removed},
                                              {"evidence.revoked.*.since", When::altered},
                                              {"evidence.max_age", When::higher, "7d"}};
    return rows;
}

config::Profile profile_of(const Settings& settings) {
    return config::Config().profile(settings.profile.empty() ? settings.environment : settings.profile);
}

Result<Settings> read_settings(const config::Config& config, const std::string& environment,
                               const sys::Environment& variables) {
    if (!config.present()) return usage("there is no fairlead.yml here or above; to write one, run `fairlead init`");
    Settings settings;
    settings.app = config.app();
    settings.environment = TRY(choose_environment(config, environment));
    settings.profile = name_of(config.profile(settings.environment));
    for (const auto& name : {settings.app, settings.environment}) TRY_VOID(check_name(name));
    const auto section = config.section("deploy", settings.environment);
    if (section["components"].present())
        return section["components"].error(
            "this file deploys components and has no release of its own; say --component NAME");
    settings.url = config.environment(settings.environment)["url"].text();
    if (settings.url.empty()) {
        return usage(
            fmt::format("environment '{}' has no url, which is needed to verify the switch; write environments.{}.url",
                        settings.environment, settings.environment));
    }
    const auto reachable = check_url(settings.url);
    if (!reachable.ok()) return config.environment(settings.environment)["url"].error(reachable.error().message);
    while (settings.url.back() == '/') settings.url.pop_back();
    TRY_VOID(settings_rows().read(section, settings));
    TRY_VOID(check_release_path(config, section, settings));
    settings.release_path = absolute(config, settings.release_path);
    TRY_VOID(settle_policy(config, section, settings.policy));
    TRY_VOID(settle_evidence(config, settings.environment, settings.policy));
    TRY_VOID(check_migrate_hooks(section, settings));
    TRY_VOID(check_promote_from(config, section["promote_from"], settings));
    if (settings.keep_warm.count() > 0 && (settings.strategy == "rolling" || settings.strategy == "recreate"))
        return section["keep_warm"].error(
            fmt::format("strategy {} does not keep the old release; keep_warm works only with blue-green and canary",
                        settings.strategy));
    TRY_VOID(settle_target(config, section, variables.get_or("HOME", ""), settings));
    TRY_VOID(check_by_service(section, settings));
    TRY_VOID(settle_router(config, section["router"], settings.router));
    TRY_VOID(read_env(config, settings));
    if (settings.state.empty()) settings.state = TRY(default_state(variables, sys::is_root()));
    settings.state += "/" + settings.app + "/" + settings.environment;
    return settings;
}

}
