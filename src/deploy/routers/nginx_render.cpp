#include "deploy/routers/nginx_render.h"
#include "base/printable.h"
#include "base/text.h"
#include "deploy/routers/access_log.h"
#include "deploy/routers/links.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::deploy {

namespace {

// Its table of names has room for 46 bytes, if nobody gave it more; a regular expression needs none.
Result<std::string> server_name_for_nginx(const std::string& host) {
    constexpr std::size_t longest = 46;
    if (host.size() <= longest) return host;
    return quote_for_nginx("~^" + replace_all(host, ".", "\\.") + "$");
}

// Whoever asks for HTTP/2 by `listen` is warned from 1.25.1 on, but heard.
constexpr std::array<int, 3> http2_directive{1, 25, 1}, knows_keepalive_minimum{1, 27, 4};

std::string listen_lines(const Site& site, const NginxFacts& facts) {
    const bool own_line = facts.version >= http2_directive;
    const auto end = !site.tls ? ";\n" : own_line ? " ssl;\n" : " ssl http2;\n";
    auto lines = fmt::format("    listen {}{}{}", site.local ? site.bind + ":" : "", site.port, end);
    if (!site.local && facts.ipv6) lines += fmt::format("    listen [::]:{}{}", site.port, end);
    return lines + (site.tls && own_line ? "    http2 on;\n" : "");
}

Result<std::string> tls_lines(const Site& site, const RouterSettings& router) {
    if (!site.tls) return std::string();
    if (router.certificate.empty()) return std::string("    # ssl_certificate and ssl_certificate_key: yours\n");
    const auto certificate = TRY(quote_for_nginx(router.certificate));
    const auto key = TRY(quote_for_nginx(router.certificate_key));
    return fmt::format("    ssl_certificate {};\n    ssl_certificate_key {};\n", certificate, key);
}

std::string balance_line(const RouterSettings& router) {
    return router.sticky.empty() ? "    random;\n" : fmt::format("    hash $cookie_{} consistent;\n", router.sticky);
}

// By links: what never changes. By include: only where the changing part is.
Result<std::string> upstream_of(const Settings& settings, const Site& site, const std::vector<std::string>& links) {
    if (links.empty()) {
        const auto file = TRY(quote_for_nginx(settings.router.include));
        return fmt::format("# A release is switched by writing this file and reloading.\ninclude {};\n", file);
    }
    const bool one = links.size() == 1;
    std::string servers = one ? "" : balance_line(settings.router);
    for (const auto& link : links) {
        const auto address = TRY(quote_for_nginx("unix:" + link));
        servers += fmt::format("    server {} max_fails=0;\n", address);
    }
    return fmt::format("# A release is switched by renaming {}: no reload.\n"
                       "# No `keepalive` here: kept connections would go on to the old release.\n"
                       "upstream {} {{\n{}}}\n",
                       one ? "the link " + links.front() : "these links, each a share of the requests", site.name,
                       servers);
}

Result<std::string> log_lines(const Site& site, const RouterSettings& router, bool format) {
    if (router.log.empty()) return std::string();
    if (format) return fmt::format("log_format {}_fairlead \"{}\";\n", site.name, access_format);
    const auto file = TRY(quote_for_nginx(router.log));
    return fmt::format("    access_log {} {}_fairlead;\n", file, site.name);
}

Error not_ours(const std::string& file, int line, std::string_view text) {
    return no(fmt::format("'{}' line {} was not written by fairlead-deploy: {}; remove the file, then deploy", file,
                          line, one_line(text.substr(0, 80))));
}

}

// src/core/ngx_conf_file.c: within "…" a backslash takes the meaning from '"', from itself, and gives t, r and n one.
Result<std::string> quote_for_nginx(std::string_view text) {
    std::string quoted = "\"";
    for (const char c : text) {
        if (c >= 0 && (c < ' ' || c == 0x7F))
            return usage(fmt::format(
                "'{}' holds a control character, which can't be written into nginx's configuration", one_line(text)));
        if (c == '"' || c == '\\') quoted += '\\';
        quoted += c;
    }
    return quoted + "\"";
}

Result<std::string> render_nginx(const Settings& settings, const NginxFacts& facts) {
    const auto site = TRY(site_of(settings));
    const auto& router = settings.router;
    std::vector<std::string> links;
    if (!router.by_include()) {
        auto paths = TRY(link_paths(settings));
        links = std::move(paths);
    }
    const auto upstream = TRY(upstream_of(settings, site, links));
    const auto server_name = TRY(server_name_for_nginx(site.host));
    const auto tls = TRY(tls_lines(site, router));
    const auto format = TRY(log_lines(site, router, true)), log = TRY(log_lines(site, router, false));
    const std::string next = links.size() == 1
                                 ? "off; # one server: there is no next"
                                 : "error timeout; # never of a POST\n        proxy_next_upstream_tries 3;";
    const auto patience = router.by_include() && facts.version >= knows_keepalive_minimum
                              ? "    keepalive_min_timeout 5s; # a reload cuts no kept connection that is in use\n"
                              : "";
    return fmt::format("{0}; include it once in nginx's http {{}}.\n"
                       "{1}"
                       "map $http_upgrade ${2}_connection {{\n"
                       "    default upgrade;\n"
                       "    ''      close;\n"
                       "}}\n"
                       "{3}"
                       "server {{\n"
                       "{4}{5}"
                       "    server_name {6};\n"
                       "{7}{8}"
                       "    location / {{\n"
                       "        proxy_pass http://{2};\n"
                       "        proxy_http_version 1.1;\n"
                       "        proxy_set_header Host $http_host;\n"
                       "        proxy_set_header Connection ${2}_connection;\n"
                       "        proxy_set_header Upgrade $http_upgrade;\n"
                       "        proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;\n"
                       "        proxy_set_header X-Forwarded-Proto $scheme;\n"
                       "        proxy_next_upstream {9}\n"
                       "    }}\n"
                       "}}\n",
                       site.mark, upstream, site.name, format, listen_lines(site, facts), tls, server_name, log,
                       patience, next);
}

Result<std::string> render_upstream(const Settings& settings, const std::vector<Upstream>& to) {
    const auto site = TRY(site_of(settings));
    auto text = fmt::format("{}, which replaces it at each switch.\nupstream {} {{\n", site.mark, site.name);
    if (!settings.router.sticky.empty() && to.size() > 1) text += balance_line(settings.router);
    for (const auto& one : to) {
        const auto address = TRY(quote_for_nginx(one.address));
        text += fmt::format("    server {} weight={} max_fails=0; # {}\n", address, one.weight, name_of(one.instance));
    }
    if (to.empty()) text += "    server 127.0.0.1:1 down;\n";
    return text + "}\n";
}

Result<std::vector<Upstream>> parse_upstream(std::string_view text, const std::string& file) {
    constexpr std::string_view start = "    server \"", middle = "\" weight=", end = " max_fails=0; # ";
    std::vector<Upstream> found;
    int number = 0;
    for (const auto& line : split(text, '\n')) {
        ++number;
        if (!line.starts_with("    server ") || line.ends_with(" down;")) continue;
        const auto weight_at = line.rfind(middle), end_at = line.rfind(end);
        if (!line.starts_with(start) || weight_at == line.npos || end_at == line.npos || end_at < weight_at)
            return not_ours(file, number, line);
        const auto weight = parse_integer(line.substr(weight_at + middle.size(), end_at - weight_at - middle.size()));
        const auto instance = instance_of(line.substr(end_at + end.size()));
        constexpr int most = 1'000'000;
        if (!weight.ok() || weight.value() < 1 || weight.value() > most || !instance || weight_at < start.size())
            return not_ours(file, number, line);
        std::string address;
        for (std::size_t i = start.size(); i < weight_at; ++i) {
            if (line[i] == '\\' && i + 1 < weight_at) ++i;
            address += line[i];
        }
        found.push_back({*instance, address, static_cast<int>(weight.value())});
    }
    return found;
}

}
