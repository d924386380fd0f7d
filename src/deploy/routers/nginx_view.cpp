#include "deploy/routers/nginx_view.h"
#include "base/text.h"
#include "deploy/routers/engine.h"
#include "deploy/routers/links.h"
#include "read/nginx/nginx.h"
#include "sys/files/files.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::deploy {

namespace {

constexpr const char* usual_configuration = "/etc/nginx/nginx.conf";
constexpr const char* usual_pid_file = "/run/nginx.pid";

read::NginxFile read_files(const World& world, const std::string& main, const std::string& text) {
    const auto folder = sys::Path(main).parent_path();
    return read::read_nginx(text, main, [&](const std::string& glob, const std::string&) {
        std::vector<std::pair<std::string, std::string>> found;
        const auto pattern = (folder / glob).lexically_normal().relative_path().string();
        for (const auto& name : sys::glob("/", pattern).value_or({}))
            if (auto included = world.host.read_file("/" + name); included.ok())
                found.emplace_back("/" + name, std::move(included).value());
        return found;
    });
}

bool passes_to(const read::NginxFile& file, const read::NginxDirective& server, const std::string& upstream) {
    const auto proxies = file.all("proxy_pass");
    return std::any_of(proxies.begin(), proxies.end(), [&](const read::NginxDirective* proxy) {
        if (!proxy->argument(0).starts_with("http://" + upstream)) return false;
        for (const auto* around = file.parent_of(*proxy); around; around = file.parent_of(*around))
            if (around == &server) return true;
        return false;
    });
}

// It serves our upstream by TLS, and nowhere by HTTP/2.
bool lacks_http2(const read::NginxFile& file, const std::string& upstream) {
    for (const auto* server : file.all("server")) {
        if (!server->block || !passes_to(file, *server, upstream)) continue;
        const auto http2 = file.in_effect(file.index_of(*server), "http2");
        if (!http2.empty() && http2.back()->argument(0) == "on") continue;
        const auto listens = file.all(file.index_of(*server), "listen");
        const auto has = [&](std::string_view word) {
            return std::any_of(listens.begin(), listens.end(), [&](const auto* listen) { return listen->has(word); });
        };
        if (has("ssl") && !has("http2")) return true;
    }
    return false;
}

}

NginxView view_nginx(const World& world) {
    const auto& settings = world.settings;
    NginxView view;
    view.main = settings.router.config.empty() ? usual_configuration : settings.router.config;
    if (!settings.router.container.empty()) return view;
    const auto text = world.host.read_file(view.main);
    if (!text.ok()) return view;
    const auto file = read_files(world, view.main, text.value());
    view.read = true;
    if (const auto* pid = file.find(std::nullopt, "pid")) view.pid_file = pid->argument(0);
    for (const auto* listen : file.all("listen")) view.reuseport |= listen->has("reuseport");
    const auto links = link_paths(settings).value_or({});
    std::string name;
    for (const auto* server : file.all("server")) {
        if (server->block || links.empty() || server->argument(0) != "unix:" + links.front()) continue;
        const auto* upstream = file.parent_of(*server);
        if (!upstream) continue;
        view.ours = true;
        name = upstream->argument(0);
        view.keepalive |= !file.all(file.index_of(*upstream), "keepalive").empty();
    }
    if (settings.router.by_include()) {
        view.ours = std::find(file.files.begin(), file.files.end(), settings.router.include) != file.files.end();
        if (const auto site = site_of(settings); site.ok()) name = site->name;
    }
    if (!name.empty()) view.without_http2 = lacks_http2(file, name);
    return view;
}

NginxBuild parse_nginx_build(std::string_view text) {
    NginxBuild build;
    const auto behind = [&](std::string_view what, std::string_view ends) {
        const auto at = text.find(what);
        const auto rest = at == text.npos ? std::string_view() : text.substr(at + what.size());
        return std::string(rest.substr(0, rest.find_first_of(ends)));
    };
    const auto parts = split(behind("nginx/", " \n"), '.');
    for (std::size_t i = 0; i < parts.size() && i < build.version.size(); ++i)
        build.version[i] = static_cast<int>(std::min<std::int64_t>(parse_integer(parts[i]).value_or(0), 10'000));
    build.configuration = behind("--conf-path=", " \n");
    build.pid_file = behind("--pid-path=", " \n");
    return build;
}

NginxFacts nginx_facts(const World& world, bool version) {
    NginxFacts facts{.ipv6 = world.host.inspect("/proc/net/if_inet6").type != sys::FileType::absent};
    if (!version) return facts;
    if (const auto said = run_beside_router(world, {"nginx", "-V"}); said.ok() && said->status == 0)
        facts.version = parse_nginx_build(said->err).version;
    return facts;
}

Result<sys::ProcessId> nginx_master(const World& world) {
    if (const int pid = TRY(router_process(world)); pid > 0) {
        const auto master = world.host.identify(pid);
        return master ? Result<sys::ProcessId>(*master) : could_not("the router's container has just ended");
    }
    auto file = view_nginx(world).pid_file;
    if (file.empty()) {
        const auto said = run_beside_router(world, {"nginx", "-V"});
        file = said.ok() ? parse_nginx_build(said->err).pid_file : "";
    }
    if (file.empty()) file = usual_pid_file;
    const auto text = world.host.read_file(file);
    const auto pid = parse_integer(trim(text.ok() ? std::string_view(text.value()) : "")).value_or(0);
    const auto master = world.host.identify(static_cast<int>(pid));
    const auto title = master ? world.host.read_file(fmt::format("/proc/{}/cmdline", master->pid)).value_or("") : "";
    if (title.find("nginx") != title.npos) return *master;
    return could_not(fmt::format("nginx does not run: '{}' names no process of it; start it, or write router.config, "
                                 "its main file",
                                 file));
}

// Titles as ngx_setproctitle() writes them.
std::vector<NginxWorker> nginx_workers(const World& world, const sys::ProcessId& master) {
    std::vector<NginxWorker> workers;
    for (const auto& child : world.host.children_of(master.pid)) {
        const auto title = world.host.read_file(fmt::format("/proc/{}/cmdline", child.pid)).value_or("");
        if (title.starts_with("nginx: worker process"))
            workers.push_back({child, title.find("shutting down") != title.npos});
    }
    return workers;
}

}
