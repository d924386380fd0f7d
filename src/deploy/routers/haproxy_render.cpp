#include "deploy/routers/haproxy_render.h"
#include "base/shell.h"
#include "deploy/instance.h"
#include "deploy/layout.h"
#include "deploy/routers/site.h"
#include "sys/process/process.h"
#include <fmt/format.h>

namespace fairlead::deploy {

namespace {

std::string bind_line(const Site& site, const RouterSettings& router) {
    const auto address = site.local ? site.bind : site.by_name || site.host.starts_with('[') ? "[::]" : "*";
    return fmt::format("    bind {}:{}{}{}\n", address, site.port, address == "[::]" ? " v4v6" : "",
                       site.tls ? fmt::format(" ssl crt {} alpn h2,http/1.1", shell_word(router.certificate)) : "");
}

// A replica that died gets no requests: two connections that are refused, 1.2 s at most.
constexpr const char* looked_after = "check inter 1s fastinter 200ms fall 2 rise 1";

// What has no socket gets its address when it starts; a name that never resolves lets HAProxy read the last one from
// its state file.
std::string server_line(const Settings& settings, const std::string& name) {
    const auto cookie = settings.router.sticky.empty() ? "" : " cookie " + name;
    if (reaches_sockets(settings))
        return fmt::format("    server {} {}{} {} disabled\n", name,
                           shell_word("unix@" + haproxy_socket(settings, name)), cookie, looked_after);
    return fmt::format("    server {0} {0}.invalid:1 init-addr last,127.0.0.1{1} {2} disabled\n", name, cookie,
                       looked_after);
}

}

bool reaches_sockets(const Settings& settings) {
    return settings.target == "direct" ? settings.port == 0 : settings.uses_sockets();
}

std::string haproxy_socket(const Settings& settings, const std::string& name) {
    const bool apart = settings.target != "direct" || (!settings.user.empty() && sys::is_root());
    return Layout{settings.root, apart}.socket(name).string();
}

std::vector<std::string> haproxy_servers(const Settings& settings) {
    std::vector<std::string> names;
    for (const std::string slot : slot_names)
        for (int number = 1; number <= settings.replicas; ++number) names.push_back(name_of({slot, number}));
    return names;
}

std::string haproxy_state_file(const Settings& settings) {
    if (!settings.router.server_state.empty()) return settings.router.server_state;
    return (settings.root.empty() ? settings.state : settings.root) + "/haproxy.state";
}

Result<std::string> render_haproxy(const Settings& settings) {
    const auto site = TRY(site_of(settings));
    const auto& router = settings.router;
    if (site.tls && router.certificate.empty())
        return usage("the url is https, so HAProxy needs a certificate; set router.certificate to a PEM file that also "
                     "holds the key");
    std::string servers;
    for (const auto& name : haproxy_servers(settings)) servers += server_line(settings, name);
    const auto cookie =
        router.sticky.empty() ? "" : fmt::format("    cookie {} insert indirect nocache\n", router.sticky);
    return fmt::format(
        "{0}; give it to HAProxy beside its own file: haproxy -f haproxy.cfg -f FILE.\n"
        "# A release is switched over its stats socket: no reload. The state file brings that back after a restart.\n"
        "frontend {1}\n"
        "    mode http\n"
        "{2}"
        "    timeout client 60s\n"
        "    option forwardfor\n"
        "    http-request set-header X-Forwarded-Proto {3}\n"
        "    default_backend {1}\n"
        "backend {1}\n"
        "    mode http\n"
        "    balance roundrobin\n"
        "    option http-server-close\n"
        "    http-reuse never\n"
        "    timeout connect 5s\n"
        "    timeout server 60s\n"
        "    timeout tunnel 1h\n"
        "    load-server-state-from-file local\n"
        "    server-state-file-name {4}\n"
        "{5}{6}",
        site.mark, site.name, bind_line(site, router), site.tls ? "https" : "http",
        shell_word(haproxy_state_file(settings)), cookie, servers);
}

}
