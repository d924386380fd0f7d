#include "base/text.h"
#include "preflight/rules/groups.h"
#include "preflight/rules/nginx_look.h"
#include "preflight/uses/nginx_loaded.h"
#include "read/compose/compose.h"
#include "read/kube.h"
#include "read/nginx/nginx_lexer.h"
#include <algorithm>
#include <fmt/format.h>
#include <iterator>

// What is spoken with the visitor's browser: TLS and its versions.
namespace fairlead::preflight {

namespace {

using namespace nginx;

// Whether it is so of a service that uses the configuration.
template <typename Is>
bool is_any_user(const Nginx& nginx, const Project& project, Is is) {
    const auto composes = project.composes_for(nginx.profile);
    return std::any_of(composes.begin(), composes.end(), [&](const Compose& compose) {
        return std::any_of(compose.read->services.begin(), compose.read->services.end(), [&](const auto& service) {
            return is(service) && uses_nginx(service, project, nginx.file);
        });
    });
}

bool has_traefik_labels(const read::ComposeService& service) {
    const auto* const labels = service.at("labels");
    return labels != nullptr && std::any_of(labels->items.begin(), labels->items.end(), [](const auto& one) {
               return one.key.starts_with("traefik.") || one.text.starts_with("traefik.");
           });
}

// What of the project ends TLS before nginx gets to see a request; empty: nothing does.
std::string outer_layer(const Nginx& nginx, const Project& project) {
    if (project.settings.tls == "outside") return "preflight.tls says that a balancer";
    for (const Compose& compose : project.composes_for(nginx.profile)) {
        const std::string& of = compose.files.front(); // one beside the configuration, or around it
        if (!nginx.file.starts_with(of.substr(0, of.rfind('/') + 1))) continue;
        for (const auto& service : compose.read->services)
            if (contains_any(service.image,
                             {"traefik", "caddy", "nginx-proxy", "haproxy", "envoy", "linuxserver/swag"}))
                return read::nginx_shown(service.name);
    }
    if (is_any_user(nginx, project, has_traefik_labels)) return "Traefik, by the labels of its service,";
    for (const auto& kube : project.kubes)
        for (const auto& object : kube.read->objects)
            if (object.kind == "Ingress" || object.kind == "Gateway" || object.kind == "HTTPRoute")
                return fmt::format("the cluster's {}", object.kind);
    return "";
}

bool publishes_443(const read::ComposeService& service) {
    return std::any_of(service.ports.begin(), service.ports.end(),
                       [](const read::ComposePort& port) { return port.published == "443"; });
}

// The page that has certbot put TLS into the file, once it is installed on a host: `certbot --nginx`.
std::string page_with_certbot(const Project& project) {
    for (const auto& path : project.paths)
        if (path.ends_with(".md") && project.read(path).value_or("").find("certbot --nginx") != std::string::npos)
            return path;
    return "";
}

void no_tls(const Nginx& nginx, const Project& project, Hits& hits) {
    const auto all = servers(*nginx.read);
    if (all.empty() || any_tls(project)) return;
    const auto tell = [&](std::string message, std::optional<Level> level = {}) {
        hit(hits, nginx, *all.front(), std::move(message), level);
    };
    if (const std::string outer = outer_layer(nginx, project); !outer.empty()) // layers don't silence one another
        return tell(fmt::format("no server listens with ssl; {} ends TLS; no change is needed while that is so", outer),
                    Level::info);
    const auto is_inner = [&](const NginxDirective* server) { // as nginx-unprivileged: whoever is before it ends TLS
        const auto listens = nginx.read->all(nginx.read->index_of(*server), "listen");
        return !listens.empty() && std::all_of(listens.begin(), listens.end(), [](const NginxDirective* one) {
            const auto port = read::nginx_listen(*one).port;
            return port.size() > 3 && port != "443";
        });
    };
    if (std::all_of(all.begin(), all.end(), is_inner))
        return tell("no server listens with ssl; with these ports, a proxy before nginx ends TLS; write preflight.tls: "
                    "outside to confirm it",
                    Level::info);
    if (is_any_user(nginx, project, publishes_443))
        return tell("no server listens with ssl; its service publishes 443; add listen 443 ssl and a certificate");
    if (const auto page = page_with_certbot(project); !page.empty())
        return tell(fmt::format("no server listens with ssl; logins are sent unencrypted until somebody runs the "
                                "certbot --nginx of {}; make it a step of the installation",
                                read::nginx_shown(page)),
                    Level::warning);
    tell("no server listens with ssl; logins are sent unencrypted unless a proxy before it ends TLS; add listen 443 "
         "ssl and a certificate",
         Level::warning);
}

// return 301 http://...: another address in clear.
bool leads_to_http(const NginxFile& file, const NginxDirective& server) {
    const auto found = file.all(file.index_of(server), "return");
    return std::any_of(found.begin(), found.end(), [](const NginxDirective* one) {
        return one->argument(1).starts_with("http://") || one->argument(0).starts_with("http://");
    });
}

void no_redirect(const Nginx& nginx, const Project& project, Hits& hits) {
    const NginxFile& file = *nginx.read;
    if (!any_tls(project)) return; // nginx-no-tls says it
    for (const auto* server : servers(file)) {
        if (listens_with_tls(file, *server)) continue;
        if (only_redirects(file, *server) && !leads_to_http(file, *server)) continue;
        const auto listens = file.all(file.index_of(*server), "listen");
        const bool plain = listens.empty() || std::any_of(listens.begin(), listens.end(), [](const auto* one) {
                               return read::nginx_listen(*one).port == "80";
                           });
        if (plain)
            hit(hits, nginx, *server,
                fmt::format("{} answers on port 80 without encryption; a first visit stays unprotected; write return "
                            "301 https://$host$request_uri",
                            label(file, *server)));
    }
}

// All of its servers listen on 80 alone, and no file is included that isn't here and may hold another.
bool speaks_no_tls(const read::NginxFile& file) {
    const auto listens = file.all("listen"), includes = file.all("include");
    return !listens.empty() && std::all_of(listens.begin(), listens.end(), [](const auto* one) {
        return one->argument(0) == "80" && one->count() == 1;
    }) && std::all_of(includes.begin(), includes.end(), [](const auto* one) {
        return one->found || contains_any(one->argument(0), {"mime.types", "_params"});
    });
}

void tls_protocols(const Nginx& nginx, const Project&, Hits& hits) {
    constexpr std::string_view old[] = {"SSLv2", "SSLv3", "TLSv1", "TLSv1.1"};
    if (speaks_no_tls(*nginx.read)) return;
    for (const auto* protocols : nginx.read->all("ssl_protocols"))
        for (std::size_t at = 0; at < protocols->count(); ++at)
            if (std::find(std::begin(old), std::end(old), protocols->argument(at)) != std::end(old)) {
                hit(hits, nginx, *protocols,
                    fmt::format("ssl_protocols allows {}; it is broken or withdrawn; write TLSv1.2 TLSv1.3",
                                protocols->argument(at)));
                break;
            }
}

void tls_ciphers(const Nginx& nginx, const Project&, Hits& hits) {
    for (const auto* ciphers : nginx.read->all("ssl_ciphers"))
        for (const auto& cipher : split(ciphers->argument(0), ':')) {
            if (cipher.starts_with('!') || cipher.starts_with('-')) continue;
            if (!contains_any(cipher, {"rc4", "3des", "des-cbc", "null", "exp", "md5"}) && cipher != "ADH" &&
                cipher != "LOW")
                continue;
            hit(hits, nginx, *ciphers,
                fmt::format("ssl_ciphers allows {}; it can be broken; use Mozilla's intermediate list",
                            read::nginx_shown(cipher)));
            break;
        }
}

// Seconds of max-age; nothing where it is a variable.
std::optional<std::int64_t> hsts_age(std::string_view value) {
    const std::size_t at = lower(value).find("max-age=");
    if (at == value.npos) return value.find('$') == value.npos ? std::optional<std::int64_t>(0) : std::nullopt;
    const auto digits = value.substr(
        at + 8, std::min<std::size_t>(value.find_first_not_of("0123456789", at + 8), value.size()) - at - 8);
    const auto seconds = parse_integer(digits);
    return seconds ? std::optional(seconds.value()) : std::nullopt;
}

void nginx_hsts(const Nginx& nginx, const Project& project, Hits& hits) {
    constexpr std::string_view name = "Strict-Transport-Security";
    const NginxFile& file = *nginx.read;
    const auto least = project.settings.hsts_min.count() / 1000;
    for (const auto* server : servers(file)) {
        const auto* rejects = file.find(file.index_of(*server), "ssl_reject_handshake");
        const auto* answer = file.find(file.index_of(*server), "return");
        const bool silent = (rejects && rejects->argument(0) == "on") || (answer && answer->argument(0) == "444");
        if (!listens_with_tls(file, *server) || silent) continue;
        const auto value = header(file, *server, name);
        if (value && hsts_age(*value).value_or(least) < least)
            hit(hits, nginx, *server,
                fmt::format("{} sends HSTS for {} s; at least {} are required; raise max-age", label(file, *server),
                            *hsts_age(*value), least));
        else if (lacks_header(file, *server, name))
            hit(hits, nginx, *server,
                fmt::format(
                    "{} sends no {}; the first visit can be hijacked; write add_header for it with max-age={} always",
                    label(file, *server), name, least));
    }
}

// Debian's ssl-cert-snakeoil.pem: made for the machine itself.
void test_certificate(const Nginx& nginx, const Project&, Hits& hits) {
    for (const auto* one : nginx.read->all("ssl_certificate"))
        if (contains_any(one->argument(0), {"snakeoil", "self-signed", "selfsigned", "localhost", "dummy"}))
            hit(hits, nginx, *one,
                fmt::format("{} is a certificate for tests; browsers warn each visitor; name one of a certificate "
                            "authority",
                            read::nginx_shown(one->argument(0))));
}

}

std::span<const Rule> nginx_tls_rules() {
    static const Rule rows[] = {
        {.id = "nginx-no-tls",
         .title = "No server speaks TLS",
         .levels = deployed(Level::error),
         .check = no_tls,
         .why = "Without TLS, anyone on the network path sees and changes everything: passwords, cookies, pages.",
         .way_out = "listen 443 ssl; ssl_certificate /etc/nginx/tls/site.pem; ssl_certificate_key "
                    "/etc/nginx/tls/site.key;  or preflight.tls: outside if a balancer ends TLS",
         .refs = {"S1-86", "S2-39"}},
        {.id = "nginx-no-redirect",
         .title = "Port 80 doesn't redirect to https",
         .levels = deployed(Level::warning),
         .check = no_redirect,
         .why = "If the server on port 80 answers by itself, a visitor who types the name without https stays on plain "
                "HTTP.",
         .way_out = "server { listen 80; return 301 https://$host$request_uri; }",
         .refs = {"S2-70"}},
        {.id = "nginx-test-certificate",
         .title = "Visitors get a certificate for tests",
         .levels = deployed(Level::warning),
         .check = test_certificate,
         .why = "No browser trusts such a certificate. Visitors who are used to the browser's warning don't notice "
                "when an attacker answers instead of the site.",
         .way_out = "ssl_certificate /etc/letsencrypt/live/app.example.org/fullchain.pem;"},
        {.id = "nginx-tls-protocols",
         .title = "An old version of TLS is allowed",
         .levels = always(Level::error),
         .check = tls_protocols,
         .why = "SSL 3, TLS 1.0 and TLS 1.1 have known attacks and are withdrawn (RFC 8996).",
         .way_out = "ssl_protocols TLSv1.2 TLSv1.3;",
         .refs = {"S1-145", "RFC 8996"}},
        {.id = "nginx-tls-ciphers",
         .title = "A weak cipher is allowed",
         .levels = always(Level::warning),
         .check = tls_ciphers,
         .why = "Anyone who records the traffic can break RC4, 3DES, export and null ciphers.",
         .way_out = "ssl_ciphers of Mozilla's intermediate configuration",
         .refs = {"S1-145"}},
        {.id = "nginx-hsts",
         .title = "Strict-Transport-Security is missing or too short",
         .levels = deployed(Level::warning),
         .check = nginx_hsts,
         .why = "Without this header, a browser tries plain HTTP first, and an attacker can hijack that visit.",
         .way_out = "add_header Strict-Transport-Security \"max-age=31536000\" always;",
         .peers = {"hsts_header"},
         .refs = {"S1-67"}},
    };
    return rows;
}

}
