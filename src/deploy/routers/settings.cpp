#include "deploy/routers/settings.h"
#include "base/printable.h"
#include "base/text.h"
#include "config/believed.h"
#include "sys/files/files.h"
#include "sys/http/client.h"
#include "sys/http/sockets.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::deploy {

namespace {

Result<void> check_lanes(const config::Value& value, const std::string& name) {
    constexpr int fewest = 2, most = 100; // lane/00 to lane/99
    const auto lanes = value.integer(0);
    if (lanes >= fewest && lanes <= most) return {};
    return value.error(fmt::format("{} is {}; expected {} to {}", name, lanes, fewest, most));
}

// A cookie's name is part of a variable's in nginx ($cookie_x).
Result<void> check_cookie(const config::Value& value, const std::string& name) {
    const auto cookie = value.text();
    const bool fits = std::all_of(cookie.begin(), cookie.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
    });
    if (!cookie.empty() && cookie.size() <= 64 && fits) return {};
    return value.error(
        fmt::format("{} '{}' is not the name of a cookie; use only letters, digits and _", name, one_line(cookie)));
}

// It is a word of the engine's command line.
Result<void> check_container(const config::Value& value, const std::string& name) {
    const auto container = value.text();
    constexpr std::string_view allowed = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_.-";
    if (!container.empty() && container.size() <= 255 && container.find_first_not_of(allowed) == container.npos &&
        container[0] != '-' && container[0] != '.')
        return {};
    return value.error(fmt::format("{} '{}' is not the name of a container; use only letters, digits and _ . -", name,
                                   one_line(container)));
}

// Whoever reaches the API changes the router, so it listens on this host only.
Result<void> check_admin(const config::Value& value, const std::string& name) {
    const auto admin = value.text();
    if (admin.starts_with("unix//") || (admin.find("://") != admin.npos && !sys::origin_of(admin).empty())) return {};
    return value.error(fmt::format(
        "{} '{}' is not an address of Caddy's API; write http://localhost:2019 or unix//run/caddy/admin.sock", name,
        one_line(admin)));
}

// Of nginx and Caddy.
config::Row<RouterSettings> certificate_key_row() {
    return {"certificate_key", &RouterSettings::certificate_key, "private key of the certificate"};
}
config::Row<RouterSettings> lanes_row() {
    return {"lanes",
            &RouterSettings::lanes,
            "number of links that requests are spread over; a single link is the smallest share that a release can get",
            {.check = check_lanes}};
}

const config::Rows<RouterSettings>& nginx_rows() {
    static const config::Rows<RouterSettings> rows = {
        {"mode",
         &RouterSettings::mode,
         "how a switch works: socket renames links to sockets; include writes a file and reloads nginx",
         {.allowed = {"socket", "include"}}},
        {"include", &RouterSettings::include, "with mode: include, the file that a switch writes"},
        {"min_reload_interval", &RouterSettings::min_reload_interval,
         "with mode: include, the minimum time between two reloads"},
        {"log", &RouterSettings::log, "a separate access log, by which a canary is judged"},
        certificate_key_row(),
        lanes_row(),
    };
    return rows;
}

const config::Rows<RouterSettings>& haproxy_rows() {
    static const config::Rows<RouterSettings> rows = {
        {"socket", &RouterSettings::socket, "HAProxy's stats socket, with level admin", {.needed = Needed::required}},
        {"server_state", &RouterSettings::server_state,
         "file from which HAProxy restores the states of its servers after a restart; default: haproxy.state in "
         "target.root"},
    };
    return rows;
}

const config::Rows<RouterSettings>& caddy_rows() {
    static const config::Rows<RouterSettings> rows = {
        {"admin", &RouterSettings::admin, "Caddy's API: a URL, or unix//path", {.check = check_admin}},
        certificate_key_row(),
        lanes_row(),
    };
    return rows;
}

// What keys mean beside one another.
Result<void> check_together(const config::Value& map, RouterSettings& router) {
    if (router.by_include() && router.include.empty())
        return map.error("mode include writes a file at each switch; set router.include to a file in a folder of its "
                         "own, and include that file in nginx's http {}");
    if (!router.by_include())
        for (const auto* key : {"include", "min_reload_interval"})
            if (map[key].present()) return map[key].error(fmt::format("router.{} works only with mode: include", key));
    if (router.by_include() && map["lanes"].present())
        return map["lanes"].error(
            "router.lanes works only with mode: socket; with mode: include, nginx uses weights instead");
    if (!router.certificate_key.empty() && router.certificate.empty())
        return map["certificate_key"].error("router.certificate_key needs its router.certificate");
    if (router.kind != "haproxy" && !router.certificate.empty() && router.certificate_key.empty())
        return map["certificate"].error("router.certificate needs its router.certificate_key");
    return {};
}

// A full path is the host's; else it lies in the tree, and is believed as what lies there.
Result<void> read_ca(const config::Config& config, const std::string& named, const std::string& file) {
    if (named.empty()) return {};
    if (sys::Path(named).is_absolute()) return sys::check_trust(file);
    const auto pem = TRY(config::believed_file(config, named, "name it by its full path"));
    return sys::check_trust_in(file, pem);
}

}

const config::Rows<RouterSettings>& router_rows() {
    static const config::Rows<RouterSettings> rows(
        {
            {"kind",
             &RouterSettings::kind,
             "the router of the users' requests; service: the compose project's own proxy, which finds the containers "
             "by "
             "their service's name",
             {.allowed = {"nginx", "haproxy", "caddy", "service"}}},
            {"config", &RouterSettings::config,
             "main configuration file of the router; default: the distribution's path"},
            {"container",
             &RouterSettings::container,
             "container of this host's engine in which the router runs",
             {.check = check_container}},
            {"sticky",
             &RouterSettings::sticky,
             "cookie that keeps each user at the release of their first request",
             {.check = check_cookie}},
            {"certificate", &RouterSettings::certificate,
             "PEM file with the certificate that the router serves https with"},
            {"ca",
             &RouterSettings::ca,
             "PEM file of the authority that signed the certificate, for fairlead-deploy's own requests; default: the "
             "system's authorities",
             {.believed = true}},
        },
        {{"nginx", nginx_rows()}, {"haproxy", haproxy_rows()}, {"caddy", caddy_rows()}}, check_together);
    return rows;
}

Result<void> settle_router(const config::Config& config, const config::Value& router, RouterSettings& settings) {
    const sys::Path folder = config.folder();
    const auto ca = settings.ca;
    const std::pair<std::string_view, std::string*> paths[] = {
        {"config", &settings.config},   {"certificate", &settings.certificate},
        {"ca", &settings.ca},           {"certificate_key", &settings.certificate_key},
        {"include", &settings.include}, {"log", &settings.log},
        {"socket", &settings.socket},   {"server_state", &settings.server_state}};
    for (const auto& [key, path] : paths) {
        if (path->empty()) continue;
        *path = (folder / *path).lexically_normal().string();
        if (std::any_of(path->begin(), path->end(), [](unsigned char c) { return c < ' ' || c == 0x7F; }))
            return router[key].error(
                fmt::format("router.{} holds a control character, which can't be written into a configuration", key));
    }
    if (settings.socket.size() > sys::socket_path_limit)
        return router["socket"].error(fmt::format("the path of the socket has {} bytes, and at most {} are allowed",
                                                  settings.socket.size(), sys::socket_path_limit));
    const auto trust = read_ca(config, ca, settings.ca);
    return trust.ok() ? Result<void>() : router["ca"].error(trust.error().message);
}

}
