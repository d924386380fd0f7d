#include "base/text.h"
#include "preflight/rules/groups.h"
#include "preflight/rules/nginx_look.h"
#include "preflight/uses/nginx_loaded.h"
#include "preflight/uses/nginx_together.h"
#include "read/nginx/nginx_lexer.h"
#include <algorithm>
#include <fmt/format.h>
#include <map>
#include <set>
#include <tuple>

// What nginx refuses when it starts, or takes for something else without a word.
namespace fairlead::preflight {

namespace {

using namespace nginx;

// What Debian's and nginx's own packages put beside nginx.conf.
bool of_package(std::string_view name) {
    constexpr std::string_view names[] = {"mime.types",   "fastcgi_params", "fastcgi.conf",
                                          "uwsgi_params", "scgi_params",    "proxy_params",
                                          "koi-utf",      "koi-win",        "win-utf"};
    return std::find(std::begin(names), std::end(names), name) != std::end(names) || name.starts_with("snippets/");
}

// A file that an include names without a wildcard, from the configuration's folder. What nginx's package has isn't
// asked for, nor what lies elsewhere in the project: an image may bring it there. Part of a configuration: a warning.
void include_missing(const Nginx& nginx, const Project& project, Hits& hits) {
    for (const auto* include : nginx.read->all("include")) {
        const std::string name(include->argument(0));
        if (include->found || include->count() != 1 || name.empty() || name.front() == '/' || of_package(name) ||
            name.find_first_of("*?[$") != name.npos)
            continue;
        const std::string end = name.substr(name.rfind('/') + 1);
        if (std::any_of(project.paths.begin(), project.paths.end(), [&](const std::string& path) {
                const auto file = std::string_view(path).substr(path.rfind('/') + 1);
                return file == end || (file.starts_with(end) && file.substr(end.size()) == ".template");
            }))
            continue;
        hit(hits, nginx, *include,
            fmt::format("include names {}, which isn't there; nginx doesn't start; add the file or remove the line",
                        read::nginx_shown(name)),
            nginx.read->context == read::NginxContext::main ? std::nullopt : std::optional(Level::warning));
    }
}

// A name that nginx doesn't know may be a module's; one letter beside a name that everybody uses is a slip.
void misspelt(const Nginx& nginx, Hits& hits) {
    static const std::vector<std::string> common = {"access_log",
                                                    "add_header",
                                                    "alias",
                                                    "allow",
                                                    "client_max_body_size",
                                                    "default_type",
                                                    "error_log",
                                                    "error_page",
                                                    "events",
                                                    "expires",
                                                    "fastcgi_pass",
                                                    "gzip_types",
                                                    "include",
                                                    "keepalive_timeout",
                                                    "listen",
                                                    "location",
                                                    "log_format",
                                                    "proxy_http_version",
                                                    "proxy_pass",
                                                    "proxy_read_timeout",
                                                    "proxy_redirect",
                                                    "proxy_set_header",
                                                    "resolver",
                                                    "return",
                                                    "rewrite",
                                                    "root",
                                                    "sendfile",
                                                    "server",
                                                    "server_name",
                                                    "server_tokens",
                                                    "ssl_certificate",
                                                    "ssl_certificate_key",
                                                    "ssl_ciphers",
                                                    "ssl_protocols",
                                                    "tcp_nopush",
                                                    "try_files",
                                                    "upstream",
                                                    "worker_connections",
                                                    "worker_processes"};
    for (const auto& directive : nginx.read->directives) {
        if (directive.context == read::NginxContext::entries || directive.context == read::NginxContext::other ||
            directive.words.front().quoted || directive.name().size() > 40 || read::nginx_knows(directive.name()))
            continue;
        const auto near = nearest(directive.name(), common);
        if (!near.empty() && near.size() + 1 >= directive.name().size() && near.size() <= directive.name().size() + 1)
            hit(hits, nginx, directive,
                fmt::format("{} is not a directive that nginx knows; it refuses the file; did you mean {}?",
                            read::nginx_shown(directive.name()), near));
    }
}

// nginx asks it of the server that is an address's default (ngx_http_ssl_init): the first one, or default_server.
void certificate_missing(const Nginx& nginx, Hits& hits) {
    struct Default {
        const NginxDirective *server = nullptr, *listen = nullptr;
        bool named = false;
    };
    const NginxFile& file = *nginx.read;
    std::map<std::string, Default> defaults; // by address
    for (const auto* server : servers(file))
        for (const auto* listen : file.all(file.index_of(*server), "listen")) {
            const auto address = read::nginx_listen(*listen);
            if (!address.tls) continue;
            Default& one = defaults[address.host + ":" + address.port];
            if (one.server == nullptr || (address.by_default && !one.named)) one = {server, listen, address.by_default};
        }
    for (const auto& [address, one] : defaults) {
        const auto rejects = file.in_effect(file.index_of(*one.server), "ssl_reject_handshake");
        if (!lacks(file, *one.server, "ssl_certificate") || (!rejects.empty() && rejects.back()->has("on"))) continue;
        hit(hits, nginx, *one.listen,
            "listen has ssl, but its server has no ssl_certificate; nginx doesn't start; add ssl_certificate and "
            "ssl_certificate_key",
            file.context == read::NginxContext::main ? std::nullopt : std::optional(Level::warning));
    }
}

// Two servers of one file that are both an address's default (ngx_http_add_addresses).
void default_twice(const Nginx& nginx, const Project& project, Hits& hits) {
    const NginxFile& file = *nginx.read;
    std::map<std::string, const NginxDirective*> defaults;
    for (const auto* server : servers(file))
        for (const auto* listen : file.all(file.index_of(*server), "listen")) {
            const auto address = read::nginx_listen(*listen);
            if (!address.by_default) continue;
            const auto [first, is_new] = defaults.try_emplace(address.host + ":" + address.port, listen);
            if (!is_new && file.parent_of(*first->second) != server &&
                may_load_together(project, nginx, file.files[first->second->file], file.files[listen->file]))
                hit(hits, nginx, *listen,
                    "this address has a second default_server; nginx refuses the file; let one server be the default");
        }
}

// Of one level, two with the same text (ngx_http_core_location, ngx_http_add_location). Expressions may stand twice.
void location_twice(const Nginx& nginx, Hits& hits) {
    const NginxFile& file = *nginx.read;
    std::set<std::tuple<const NginxDirective*, bool, std::string>> seen;
    for (const auto* location : file.all("location")) {
        const auto [kind, path] = nginx_location(*location);
        if (kind == read::NginxLocation::Kind::regex || path.empty()) continue;
        const bool is_exact = kind == read::NginxLocation::Kind::exact;
        if (!seen.emplace(file.parent_of(*location), is_exact, path).second)
            hit(hits, nginx, *location,
                fmt::format("{} stands here a second time; nginx refuses the file; put both into one block",
                            label(file, *location)));
    }
}

// limit_req zone=login, with limit_req_zone nowhere: "zero size shared memory zone". Only where all is here.
void zone_unknown(const Nginx& nginx, Hits& hits) {
    struct Zones {
        std::string_view user, maker, word;
    };
    constexpr Zones all[] = {{"limit_req", "limit_req_zone", "zone="},
                             {"limit_conn", "limit_conn_zone", "zone="},
                             {"proxy_cache", "proxy_cache_path", "keys_zone="}};
    const NginxFile& file = *nginx.read;
    if (file.context != read::NginxContext::main) return;
    const auto zone_in = [](const NginxDirective& one, std::string_view word) {
        for (std::size_t at = 0; at < one.count(); ++at)
            if (const auto argument = one.argument(at); argument.starts_with(word))
                return std::string(argument.substr(word.size(), argument.find(':') - word.size()));
        return std::string();
    };
    for (const auto& [user, maker, word] : all) {
        std::set<std::string> made;
        for (const auto* one : file.all(maker)) made.insert(zone_in(*one, word));
        for (const auto* one : file.all(user)) {
            const auto name = user == "limit_req" ? zone_in(*one, word) : std::string(one->argument(0));
            const auto* const parent = file.parent_of(*one);
            if (name.empty() || name == "off" || name.find('$') != name.npos || made.contains(name) ||
                parent == nullptr || has_unknown_include(file, *parent))
                continue;
            hit(hits, nginx, *one,
                fmt::format("{} uses the zone {}, which no {} makes; nginx doesn't start; add {} to http", user,
                            read::nginx_shown(name), maker, maker));
        }
    }
}

// Where the path of a request isn't known in parts, none can take its place (ngx_http_proxy_pass).
void pass_with_path(const Nginx& nginx, Hits& hits) {
    const NginxFile& file = *nginx.read;
    for (const auto* pass : file.all("proxy_pass")) {
        const auto* const location = file.parent_of(*pass);
        const auto target = pass->argument(0);
        const auto scheme = target.find("://");
        if (location == nullptr || scheme == target.npos || target.find('$') != target.npos ||
            target.find("unix:") != target.npos || target.find('/', scheme + 3) == target.npos)
            continue;
        const bool is_location = location->name() == "location";
        const auto kind = is_location ? nginx_location(*location).kind : read::NginxLocation::Kind::prefix;
        const bool is_regex = kind == read::NginxLocation::Kind::regex;
        const bool is_named = kind == read::NginxLocation::Kind::named;
        if (is_regex || is_named || location->name() == "if")
            hit(hits, nginx, *pass,
                fmt::format("proxy_pass has a path in {}; nginx refuses the file; remove the path, or use rewrite",
                            is_regex   ? "a location with an expression"
                            : is_named ? "a named location"
                                       : "an if"));
    }
}

// To nginx, off is the name of a file here.
void log_named_off(const Nginx& nginx, Hits& hits) {
    for (const auto* log : nginx.read->all("error_log"))
        if (log->argument(0) == "off")
            hit(hits, nginx, *log,
                "error_log off writes to a file named off; nobody sees the errors; write error_log /dev/stderr crit");
}

void upstream_down(const Nginx& nginx, Hits& hits) {
    const NginxFile& file = *nginx.read;
    for (const auto* upstream : file.all("upstream")) {
        const auto all = file.all(file.index_of(*upstream), "server");
        const auto name = read::nginx_shown(upstream->argument(0));
        if (all.empty() && upstream->block && !has_unknown_include(file, *upstream))
            hit(hits, nginx, *upstream,
                fmt::format("upstream {} has no server; nginx doesn't start; add one, or remove the upstream", name));
        else if (!all.empty() &&
                 std::all_of(all.begin(), all.end(), [](const NginxDirective* one) { return one->has("down"); }))
            hit(hits, nginx, *upstream,
                fmt::format("upstream {} has no server that is up; every request fails with 502; remove down", name));
    }
}

// "conflicting server name ... ignored"
void name_twice(const Nginx& nginx, const Project& project, Hits& hits) {
    const NginxFile& file = *nginx.read;
    std::map<std::pair<std::string, std::string>, const NginxDirective*> named; // by address and name
    for (const auto* server : servers(file))
        for (const auto* listen : file.all(file.index_of(*server), "listen"))
            for (const auto* names : file.all(file.index_of(*server), "server_name"))
                for (std::size_t at = 0; at < names->count(); ++at) {
                    const auto address = read::nginx_listen(*listen);
                    const auto name = lower(names->argument(at));
                    const auto [first, is_new] = named.try_emplace({address.host + ":" + address.port, name}, server);
                    if (!is_new && first->second != server && name != "_" && !name.empty() &&
                        may_load_together(project, nginx, file.files[first->second->file], file.files[server->file]))
                        hit(hits, nginx, *names,
                            fmt::format(
                                "{} is already the name of another server at {}; nginx ignores this one; change "
                                "one of the two",
                                read::nginx_shown(name), read::nginx_shown(listen->argument(0))));
                }
}

// Of one server: the two have changed places, or one is missing.
void certificate_and_key(const Nginx& nginx, Hits& hits) {
    const NginxFile& file = *nginx.read;
    for (const auto* server : servers(file)) {
        const auto* const key = file.find(file.index_of(*server), "ssl_certificate_key");
        const auto* const chain = file.find(file.index_of(*server), "ssl_certificate");
        const bool is_swapped = key != nullptr && chain != nullptr &&
                                (chain->argument(0).ends_with("privkey.pem") || chain->argument(0).ends_with(".key")) &&
                                (key->argument(0).ends_with("fullchain.pem") || key->argument(0).ends_with(".crt") ||
                                 key->argument(0).ends_with("cert.pem"));
        if (is_swapped)
            hit(hits, nginx, *chain,
                "certificate and key have changed places; nginx doesn't start; exchange the two paths");
        const auto* const certificate = file.find(file.index_of(*server), "ssl_certificate");
        if (certificate != nullptr && lacks(file, *server, "ssl_certificate_key"))
            hit(hits, nginx, *certificate,
                "ssl_certificate has no ssl_certificate_key; nginx doesn't start; add ssl_certificate_key");
    }
}

// listen ${PORT}: no variable of nginx's is allowed there, and nobody replaces it before the start.
void variable_left(const Nginx& nginx, const Project& project, Hits& hits) {
    for (const auto* listen : nginx.read->all("listen"))
        if (const auto port = listen->argument(0); port.starts_with("${") && is_copied_as_it_is(project, nginx)) {
            hit(hits, nginx, *listen,
                fmt::format("listen has {}, which nothing replaces; nginx doesn't start; copy the file to "
                            "/etc/nginx/templates/NAME.template",
                            read::nginx_shown(port)));
            return;
        }
}

void nginx_syntax(const Nginx& nginx, const Project& project, Hits& hits) {
    variable_left(nginx, project, hits);
    if (nginx.read->context == read::NginxContext::other) return; // Apache's, supervisor's: nothing of nginx is in it
    std::map<std::size_t, std::size_t> told;                      // problems of each file
    for (const auto& problem : nginx.read->problems) ++told[problem.file];
    std::set<std::size_t> broken;
    for (const auto& problem : nginx.read->problems) {
        constexpr std::size_t several = 3; // more have one cause mostly, and nginx stops at the first
        const bool is_first = broken.insert(problem.file).second;
        const std::size_t more = told[problem.file] > several ? told[problem.file] - 1 : 0;
        if (!is_first && more > 0) continue;
        hits.add(nginx.read->files[problem.file], problem.line, problem.column,
                 problem.message + (more > 0 ? fmt::format("; {} more places follow", more) : ""));
    }
    misspelt(nginx, hits);
    include_missing(nginx, project, hits);
    certificate_missing(nginx, hits);
    default_twice(nginx, project, hits);
    location_twice(nginx, hits);
    zone_unknown(nginx, hits);
    pass_with_path(nginx, hits);
    log_named_off(nginx, hits);
    upstream_down(nginx, hits);
    name_twice(nginx, project, hits);
    certificate_and_key(nginx, hits);
}

}

std::span<const Rule> nginx_syntax_rules() {
    static const Rule rows[] = {
        {.id = "nginx-syntax",
         .title = "nginx would refuse the configuration",
         .levels = always(Level::error),
         .check = nginx_syntax,
         .why = "nginx starts with the whole configuration or not at all: one wrong brace or semicolon keeps every "
                "site down.",
         .way_out = "nginx -t before each reload",
         .refs = {"S2-10"}},
    };
    return rows;
}

}
