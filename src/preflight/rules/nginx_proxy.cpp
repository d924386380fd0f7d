#include "base/path.h"
#include "base/text.h"
#include "preflight/parts/compose_parts.h"
#include "preflight/rules/groups.h"
#include "preflight/rules/nginx_look.h"
#include "preflight/uses/nginx_loaded.h"
#include "read/compose/compose.h"
#include "read/nginx/nginx_lexer.h"
#include "read/nginx/nginx_variables.h"
#include <algorithm>
#include <cctype>
#include <fmt/format.h>
#include <set>

// What the proxy passes on, and to whom.
namespace fairlead::preflight {

namespace {

using namespace nginx;

const NginxDirective* block_of(const NginxFile& file, const NginxDirective& directive) {
    return file.parent_of(directive);
}

bool sets(const NginxFile& file, const NginxDirective& block, std::string_view name) {
    const auto all = file.in_effect(file.index_of(block), "proxy_set_header");
    return std::any_of(all.begin(), all.end(),
                       [&](const NginxDirective* one) { return lower(one->argument(0)) == name; });
}

void forwarded(const Nginx& nginx, const Project&, Hits& hits) {
    const NginxFile& file = *nginx.read;
    for (const auto* pass : file.all("proxy_pass")) {
        const auto* block = block_of(file, *pass);
        if (!block || pass->context == read::NginxContext::stream_server || has_unknown_include(file, *block)) continue;
        std::vector<std::string> missing;
        for (const std::string_view name : {"Host", "X-Forwarded-For", "X-Forwarded-Proto"})
            if (!sets(file, *block, lower(name))) missing.emplace_back(name);
        if (!missing.empty())
            hit(hits, nginx, *pass,
                fmt::format("{} doesn't pass on {}; the app sees only the proxy; set them with proxy_set_header",
                            label(file, *block), join(missing, ", ")));
    }
}

// The time of `60s`, `5m`, `60`; nothing where it is none.
std::optional<std::int64_t> seconds(std::string_view text) {
    const std::size_t digits = std::min(text.find_first_not_of("0123456789"), text.size());
    const auto number = parse_integer(text.substr(0, digits));
    if (!number || number.value() > 100'000'000) return std::nullopt;
    const auto unit = text.substr(digits);
    if (unit == "ms") return number.value() / 1000;
    const std::int64_t factor = unit == "m" ? 60 : unit == "h" ? 3600 : unit == "d" ? 86400 : 1;
    return number.value() * factor;
}

std::string_view header_value(const NginxFile& file, const NginxDirective& block, std::string_view name) {
    const auto found = file.in_effect(file.index_of(block), name);
    return found.empty() ? std::string_view() : found.back()->argument(0);
}

bool for_websocket(const NginxDirective& location) {
    const std::string path = nginx_location(location).path;
    if (contains_any(path, {"socket", "sockjs", "/cable", "/hub"})) return true;
    const auto parts = split(replace_all(path, "_", "/"), '/');
    return std::any_of(parts.begin(), parts.end(),
                       [](const std::string& part) { return part == "ws" || part == "wss"; });
}

void websocket(const Nginx& nginx, const Project&, Hits& hits) {
    const NginxFile& file = *nginx.read;
    for (const auto* location : file.all("location")) {
        const std::size_t index = file.index_of(*location);
        const auto own = file.all(index, "proxy_set_header");
        const bool upgrades = std::any_of(own.begin(), own.end(), [](const NginxDirective* one) {
            return lower(one->argument(0)) == "upgrade" && one->argument(1) == "$http_upgrade";
        });
        if ((!for_websocket(*location) && !upgrades) || !file.find(index, "proxy_pass") ||
            has_unknown_include(file, *location))
            continue;
        std::vector<std::string> missing;
        if (header_value(file, *location, "proxy_http_version") != "1.1")
            missing.emplace_back("proxy_http_version 1.1");
        for (const std::string_view name : {"Upgrade", "Connection"})
            if (!sets(file, *location, lower(name))) missing.push_back(fmt::format("{} header", name));
        const auto timeout = header_value(file, *location, "proxy_read_timeout");
        if (!missing.empty())
            hit(hits, nginx, *location,
                fmt::format("{} is for WebSockets but lacks {}; the upgrade fails; add the missing lines",
                            label(file, *location), join(missing, ", ")));
        else if (seconds(timeout.empty() ? "60" : timeout).value_or(3600) < 3600)
            hit(hits, nginx, *location,
                fmt::format("{} closes a quiet WebSocket after {}; clients reconnect all the time; write "
                            "proxy_read_timeout 3600s",
                            label(file, *location), timeout.empty() ? "60 s" : read::nginx_shown(timeout)),
                Level::info);
    }
}

void try_files_proxy(const Nginx& nginx, const Project&, Hits& hits) {
    const NginxFile& file = *nginx.read;
    for (const auto* location : file.all("location")) {
        const auto* files = file.find(file.index_of(*location), "try_files");
        if (files && file.find(file.index_of(*location), "proxy_pass"))
            hit(hits, nginx, *files,
                fmt::format("{} has try_files and proxy_pass; only files that exist reach it; "
                            "write try_files $uri @app, and proxy_pass there",
                            label(file, *location)));
    }
}

// "backend" of backend:8000 and http://backend:8000/x; empty: an address, a variable, a socket, a name with dots.
std::string plain_host(std::string_view target) {
    if (const auto scheme = target.find("://"); scheme != target.npos) target.remove_prefix(scheme + 3);
    const auto host = target.substr(0, std::min(target.find_first_of(":/?"), target.size()));
    const bool named = host.find_first_of(".$[") == host.npos && !host.empty() && host != "unix" && host != "localhost";
    return named ? lower(host) : std::string();
}

std::set<std::string> compose_names(const Nginx& nginx, const Project& project) {
    std::set<std::string> names;
    for (const Compose& compose : project.composes_for(nginx.profile))
        for (const auto& service : compose.read->services) {
            names.insert(lower(service.name));
            for (const std::string_view key : {"container_name", "hostname"})
                if (const auto name = service.text(key); !name.empty()) names.insert(lower(name));
            if (const auto* networks = service.at("networks"))
                for (const auto& network : networks->items)
                    if (const auto* aliases = network.at("aliases"))
                        for (const auto& alias : aliases->items) names.insert(lower(alias.text));
            if (const auto* hosts = service.at("extra_hosts"))
                for (const auto& host : hosts->items) {
                    const std::string_view written = host.key.empty() ? host.text : host.key;
                    names.insert(lower(written.substr(0, written.find_first_of(":="))));
                }
        }
    return names;
}

// On a network that other projects are on, too, their containers answer by name.
bool joins_others(const read::ComposeProject& compose, const read::ComposeService& service) {
    const auto* const networks = compose.model.find("networks");
    return networks != nullptr &&
           std::any_of(service.networks.begin(), service.networks.end(), [&](const std::string& name) {
               const auto* const network = networks->find(name);
               return network != nullptr && network->find("external") != nullptr &&
                      network->text_at("external") != "false";
           });
}

// A Dockerfile of the project names it, or there is none to ask.
bool is_copied(const Nginx& nginx, const Project& project) {
    return project.dockerfiles.empty() ||
           std::any_of(project.dockerfiles.begin(), project.dockerfiles.end(), [&](const Dockerfile& one) {
               return one.text.find(file_name(nginx.file)) != std::string::npos;
           });
}

// A service mounts the file, or builds from a folder around it, and meets no other project's.
bool runs_in_compose(const Nginx& nginx, const Project& project) {
    const auto around = [&](std::string_view folder) {
        while (folder.starts_with("./")) folder.remove_prefix(2);
        while (folder.ends_with('/')) folder.remove_suffix(1);
        if (folder.empty() || folder == ".") return !contains_any("/" + nginx.file, {"/.", "test", "example"});
        return std::string_view(nginx.file).starts_with(folder) &&
               (nginx.file.size() == folder.size() || nginx.file[folder.size()] == '/');
    };
    for (const Compose& compose : project.composes_for(nginx.profile))
        for (const auto& service : compose.read->services) {
            if (joins_others(*compose.read, service)) continue;
            const bool takes_all = service.build && path_in(service.build->context, "").empty();
            const auto* const image = compose::dockerfile_of(service, project);
            const bool may_take = image == nullptr || (image->text.find("nginx") != std::string::npos &&
                                                       uses_nginx(service, project, nginx.file));
            if (takes_all ? is_copied(nginx, project) : service.build && around(service.build->context) && may_take)
                return true;
            for (const auto& volume : service.volumes)
                if (volume.type == "bind" && around(volume.source)) return true;
        }
    return false;
}

bool has_host(const NginxDirective* one) { return !plain_host(one->argument(0)).empty(); }

void upstream_unknown(const Nginx& nginx, const Project& project, Hits& hits) {
    const NginxFile& file = *nginx.read;
    const auto passes = file.all("proxy_pass"), named = file.all("server");
    if (std::none_of(passes.begin(), passes.end(), has_host) && std::none_of(named.begin(), named.end(), has_host))
        return;
    if (!runs_in_compose(nginx, project)) return;
    auto known = compose_names(nginx, project);
    if (known.empty()) return;
    for (const auto* upstream : file.all("upstream")) known.insert(lower(upstream->argument(0)));
    const auto check = [&](const NginxDirective& one) {
        const std::string host = plain_host(one.argument(0));
        if (!host.empty() && !known.contains(host))
            hit(hits, nginx, one,
                fmt::format("{} is not a service of the compose files; nginx doesn't start with an unknown host; name "
                            "a service",
                            read::nginx_shown(host)));
    };
    for (const auto* pass : passes) check(*pass);
    for (const auto* server : named)
        if (!server->block && server->context == read::NginxContext::upstream) check(*server);
}

void single_upstream(const Nginx& nginx, const Project&, Hits& hits) {
    const NginxFile& file = *nginx.read;
    for (const auto* upstream : file.all("upstream"))
        if (upstream->block && file.all(file.index_of(*upstream), "server").size() == 1)
            hit(hits, nginx, *upstream,
                fmt::format(
                    "upstream {} has only one server; it is down while that server restarts; add a second server",
                    read::nginx_shown(upstream->argument(0))));
}

void body_size(const Nginx& nginx, const Project&, Hits& hits) {
    const NginxFile& file = *nginx.read;
    for (const auto* size : file.all("client_max_body_size"))
        if (const auto* const block = file.parent_of(*size); size->argument(0) == "0")
            hit(hits, nginx, *size,
                fmt::format("{} takes bodies of any size; one upload fills the disk; write client_max_body_size 10m",
                            block == nullptr ? "this server" : label(file, *block)));
    for (const auto* server : servers(file)) {
        if (within(file, *server, "proxy_pass").empty()) continue;
        if (lacks(file, *server, "client_max_body_size") && within(file, *server, "client_max_body_size").empty())
            hit(hits, nginx, *server,
                fmt::format(
                    "{} has no client_max_body_size; uploads over 1 MB fail with 413; write the size that you allow",
                    label(file, *server)));
    }
}

// The first location of each server that is the API's and passes on, where `is_missing` says so.
template <typename Missing, typename Tell>
void each_api(const NginxFile& file, Missing is_missing, Tell tell) {
    for (const auto* server : servers(file))
        for (const auto* pass : within(file, *server, "proxy_pass")) {
            const auto* location = file.parent_of(*pass);
            if (!location || location->name() != "location" || !is_api(*location) || !is_missing(*location)) continue;
            tell(*location);
            break;
        }
}

void nginx_rate_limit(const Nginx& nginx, const Project&, Hits& hits) {
    const NginxFile& file = *nginx.read;
    each_api(
        file, [&](const NginxDirective& location) { return lacks(file, location, "limit_req"); },
        [&](const NginxDirective& location) {
            hit(hits, nginx, location,
                fmt::format("{} has no limit_req; passwords can be tried without limit; add limit_req zone=api "
                            "burst=20 nodelay",
                            label(file, location)));
        });
}

void timeouts(const Nginx& nginx, const Project&, Hits& hits) {
    const NginxFile& file = *nginx.read;
    for (const auto* one : file.all("proxy_connect_timeout"))
        if (seconds(one->argument(0)).value_or(0) > 60)
            hit(hits, nginx, *one,
                fmt::format("proxy_connect_timeout is {}; a dead server keeps visitors waiting; write 5s",
                            read::nginx_shown(one->argument(0))));
    each_api(
        file, [&](const NginxDirective& location) { return lacks(file, location, "proxy_read_timeout"); },
        [&](const NginxDirective& location) {
            hit(hits, nginx, location,
                fmt::format("{} has no proxy_read_timeout; nginx cuts the API's answers at 60 s by default; write the "
                            "time that it needs",
                            label(file, location)));
        });
}

void fake_health(const Nginx& nginx, const Project&, Hits& hits) {
    const NginxFile& file = *nginx.read;
    for (const auto* location : file.all("location")) {
        const std::string path = nginx_location(*location).path;
        if (!contains_any(path, {"health", "ready", "livez"}) || contains_any(path, {"nginx"})) continue;
        const auto* answer = file.find(file.index_of(*location), "return");
        if (answer && answer->argument(0) == "200")
            hit(hits, nginx, *answer,
                fmt::format("{} answers 200 by itself; the app may be dead; proxy_pass it, and name this location "
                            "/nginx-health",
                            label(file, *location)));
    }
}

// $BACKEND, ${BACKEND}: envsubst writes the value before nginx starts. $server_addr is an address.
bool is_filled_in(std::string_view variable) {
    const std::size_t name = std::min(variable.find_first_not_of("${"), variable.size());
    return (name < variable.size() && std::isupper(static_cast<unsigned char>(variable[name])) != 0) ||
           variable.substr(name).starts_with("server_");
}

void resolver(const Nginx& nginx, const Project&, Hits& hits) {
    const NginxFile& file = *nginx.read;
    for (const auto* pass : file.all("proxy_pass")) {
        const auto target = pass->argument(0);
        const auto scheme = target.find("://");
        const auto host = target.substr(scheme == target.npos ? 0 : scheme + 3);
        const auto dollar = host.find('$');
        if (dollar == host.npos || dollar > host.find('/') || is_filled_in(host.substr(dollar))) continue;
        const auto* block = block_of(file, *pass);
        if (!block || !lacks(file, *block, "resolver")) continue;
        const read::NginxVariables variables(file);
        const auto parts = variables.flat(target, *pass); // http://upstream$request_uri: known when nginx starts
        if (parts.size() > 1 && parts[0].variable.empty() && parts[1].variable == "request_uri") continue;
        hit(hits, nginx, *pass,
            "proxy_pass has a variable, but there is no resolver; names fail with 502 at run time; add resolver "
            "127.0.0.11 valid=10s");
    }
}

}

std::span<const Rule> nginx_proxy_rules() {
    static const Rule rows[] = {
        {.id = "nginx-forwarded",
         .title = "The upstream doesn't get the visitor's host, address or protocol",
         .levels = always(Level::warning),
         .check = forwarded,
         .why =
             "The application then logs the proxy's address, limits all visitors together, and builds links with http.",
         .way_out = "proxy_set_header Host $host; proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for; "
                    "proxy_set_header X-Forwarded-Proto $scheme;",
         .refs = {"S2-63"}},
        {.id = "nginx-websocket",
         .title = "A location for WebSockets can't upgrade",
         .levels = always(Level::warning),
         .check = websocket,
         .why = "nginx doesn't pass on the headers Upgrade and Connection by itself, and before version 1.29.7, nginx "
                "speaks HTTP/1.0 to the upstream.",
         .way_out = "proxy_http_version 1.1; proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection "
                    "\"upgrade\"; proxy_read_timeout 3600s;",
         .refs = {"S2-66", "S2-67"}},
        {.id = "nginx-try-files-proxy",
         .title = "try_files and proxy_pass are in one location",
         .levels = always(Level::warning),
         .check = try_files_proxy,
         .why = "For a file that exists, `proxy_pass` gets the request. If no file exists, nginx goes to the last "
                "argument of `try_files`, and `proxy_pass` in the same location never gets the request.",
         .way_out = "location / { try_files $uri @app; } location @app { proxy_pass http://app; }",
         .refs = {"S2-64"}},
        {.id = "nginx-upstream-unknown",
         .title = "The proxy's target is not a service",
         .levels = always(Level::error),
         .check = upstream_unknown,
         .why = "nginx looks up all names when it starts, and doesn't start if a name doesn't exist.",
         .way_out = "the name of a service in the compose file",
         .refs = {"S2-58"}},
        {.id = "nginx-single-upstream",
         .title = "An upstream has only one server",
         .levels = {Level::off, Level::off, Level::info},
         .check = single_upstream,
         .why = "While the only server restarts, every request fails with 502.",
         .way_out = "a second server, or a deployment that starts the new server before it stops the old server",
         .refs = {"S4-35"}},
        {.id = "nginx-body-size",
         .title = "There is no limit for the size of uploads, or only the default",
         .levels = always(Level::info),
         .check = body_size,
         .why = "With the default of 1 MB, people who upload files get an error that nobody expected. The value 0 "
                "means no limit, so anyone can fill the disk.",
         .way_out = "client_max_body_size 10m;",
         .refs = {"S2-59"}},
        {.id = "nginx-rate-limit",
         .title = "The API has no rate limit in the proxy",
         .levels = deployed(Level::warning),
         .check = nginx_rate_limit,
         .why = "Passwords and tokens can be tried as fast as the server answers.",
         .way_out = "limit_req_zone $binary_remote_addr zone=api:10m rate=10r/s;  limit_req zone=api burst=20 nodelay;",
         .refs = {"S1-143", "S4-60"}},
        {.id = "nginx-timeouts",
         .title = "Time-outs for the upstream are too long or not set",
         .levels = always(Level::info),
         .check = timeouts,
         .why = "A dead server should be noticed in seconds; a slow answer needs a limit that somebody chose.",
         .way_out = "proxy_connect_timeout 5s; proxy_read_timeout 60s;",
         .refs = {"S2-65"}},
        {.id = "nginx-fake-health",
         .title = "The proxy answers the health check itself",
         .levels = always(Level::info),
         .check = fake_health,
         .why = "A health check that the proxy answers stays green while the application is down.",
         .way_out = "location = /health { proxy_pass http://app; access_log off; }",
         .refs = {"S2-68"}},
        {.id = "nginx-resolver",
         .title = "proxy_pass has a variable, but there is no resolver",
         .levels = always(Level::info),
         .check = resolver,
         .why = "If `proxy_pass` contains a variable, nginx looks up the name at each request, and asks only the name "
                "server in `resolver`.",
         .way_out = "resolver 127.0.0.11 valid=10s;  in a container of Docker"},
    };
    return rows;
}

}
