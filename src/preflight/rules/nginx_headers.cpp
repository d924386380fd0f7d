#include "base/text.h"
#include "preflight/rules/groups.h"
#include "preflight/rules/nginx_look.h"
#include "read/nginx_lexer.h"
#include <algorithm>
#include <fmt/format.h>
#include <iterator>
#include <map>
#include <set>
#include <tuple>

// Response headers, and what an inner level loses of them.
namespace fairlead::preflight {

namespace {

using namespace nginx;

struct Security {
    std::string_view name; // in lower case
    Level lost;
};
constexpr Security securities[] = {
    {"strict-transport-security", Level::error},
    {"content-security-policy", Level::error},
    {"x-frame-options", Level::error},
    {"x-content-type-options", Level::error},
    {"referrer-policy", Level::warning},
    {"permissions-policy", Level::warning},
    {"x-xss-protection", Level::warning},
    {"cross-origin-opener-policy", Level::warning},
    {"cross-origin-embedder-policy", Level::warning},
    {"cross-origin-resource-policy", Level::warning},
};

const Security* security(std::string_view name) {
    const std::string small = lower(name);
    const auto* found = std::find_if(std::begin(securities), std::end(securities),
                                     [&](const Security& one) { return one.name == small; });
    return found == std::end(securities) ? nullptr : found;
}

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
void default_twice(const Nginx& nginx, Hits& hits) {
    const NginxFile& file = *nginx.read;
    std::map<std::string, const NginxDirective*> defaults;
    for (const auto* server : servers(file))
        for (const auto* listen : file.all(file.index_of(*server), "listen")) {
            const auto address = read::nginx_listen(*listen);
            if (!address.by_default) continue;
            const auto [first, is_new] = defaults.try_emplace(address.host + ":" + address.port, listen);
            if (!is_new && file.parent_of(*first->second) != server)
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

// What ngx_http_proxy_module and ngx_http_ssl_module refuse at the start.
void refused_at_start(const Nginx& nginx, Hits& hits) {
    const NginxFile& file = *nginx.read;
    for (const auto* pass : file.all("proxy_pass")) {
        const auto* const location = file.parent_of(*pass);
        const auto target = pass->argument(0);
        const auto scheme = target.find("://");
        if (location == nullptr || scheme == target.npos || target.find('$') != target.npos ||
            target.find("unix:") != target.npos || target.find('/', scheme + 3) == target.npos)
            continue;
        const bool is_regex =
            location->name() == "location" && nginx_location(*location).kind == read::NginxLocation::Kind::regex;
        const bool is_named =
            location->name() == "location" && nginx_location(*location).kind == read::NginxLocation::Kind::named;
        if (is_regex || is_named || location->name() == "if")
            hit(hits, nginx, *pass,
                fmt::format("proxy_pass has a path in {}; nginx refuses the file; remove the path, or use rewrite",
                            is_regex   ? "a location with an expression"
                            : is_named ? "a named location"
                                       : "an if"));
    }
    for (const auto* log : file.all("error_log"))
        if (log->argument(0) == "off")
            hit(hits, nginx, *log,
                "error_log off writes to a file named off; nobody sees the errors; write error_log /dev/stderr crit");
    for (const auto* upstream : file.all("upstream")) {
        const auto all = file.all(file.index_of(*upstream), "server");
        const bool is_down = !all.empty() && std::all_of(all.begin(), all.end(),
                                                         [](const NginxDirective* one) { return one->has("down"); });
        if (is_down)
            hit(hits, nginx, *upstream,
                fmt::format("upstream {} has no server that is up; every request fails with 502; remove down",
                            read::nginx_shown(upstream->argument(0))));
    }
    std::map<std::pair<std::string, std::string>, const NginxDirective*> named; // by address and name
    for (const auto* server : servers(file))
        for (const auto* listen : file.all(file.index_of(*server), "listen"))
            for (const auto* names : file.all(file.index_of(*server), "server_name"))
                for (std::size_t at = 0; at < names->count(); ++at) {
                    const auto address = read::nginx_listen(*listen);
                    const auto name = lower(names->argument(at));
                    const auto [first, is_new] = named.try_emplace({address.host + ":" + address.port, name}, server);
                    if (!is_new && first->second != server && name != "_" && !name.empty())
                        hit(hits, nginx, *names,
                            fmt::format(
                                "{} is already the name of another server at {}; nginx ignores this one; change "
                                "one of the two",
                                read::nginx_shown(name), read::nginx_shown(listen->argument(0))));
                }
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

void nginx_syntax(const Nginx& nginx, const Project& project, Hits& hits) {
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
    default_twice(nginx, hits);
    location_twice(nginx, hits);
    zone_unknown(nginx, hits);
    refused_at_start(nginx, hits);
}

// What is asked of a server behind it: that one may send the header itself.
bool passes_on(const NginxFile& file, const NginxDirective& block) {
    constexpr std::string_view passing[] = {"proxy_pass", "fastcgi_pass", "uwsgi_pass", "scgi_pass", "grpc_pass"};
    return std::any_of(std::begin(passing), std::end(passing),
                       [&](std::string_view name) { return !file.all(file.index_of(block), name).empty(); });
}

// Pictures, fonts, styles and scripts that were built: no page, whose headers count. What is immutable is one of them.
bool is_of_assets(const NginxFile& file, const NginxDirective& block) {
    const auto own = file.all(file.index_of(block), "add_header");
    if (std::any_of(own.begin(), own.end(), [](const NginxDirective* one) {
            return lower(one->argument(0)) == "cache-control" &&
                   one->argument(1).find("immutable") != std::string::npos;
        }))
        return true;
    const std::string where(block.count() > 0 ? block.argument(block.count() - 1) : std::string_view());
    if (block.name() != "location" || contains_any(where, {"htm", "php", "media", "upload"})) return false;
    if (block.argument(0) == "=" && where.find('.') != where.npos) return true; // = /install.sh
    return contains_any(where,
                        {"css|", "|css", "js|", "|js", "png|", "|png", "woff", "/static", "/assets", "/_next/"}) ||
           where == "/build/" || where == "/js/" || where == "/css/" || where == "/fonts/" || where == "/img/";
}

// The weightiest security header of the levels around that this block's own add_header turns off.
const NginxDirective* lost_header(const NginxFile& file, const NginxDirective& block, const Directives& own) {
    const NginxDirective* worst = nullptr;
    for (const auto* outer : file.in_effect(block.parent, "add_header")) {
        const Security* kind = security(outer->argument(0));
        const bool repeated = std::any_of(own.begin(), own.end(), [&](const NginxDirective* one) {
            return lower(one->argument(0)) == lower(outer->argument(0));
        });
        if (kind && !repeated && (!worst || kind->lost > security(worst->argument(0))->lost)) worst = outer;
    }
    return worst;
}

void header_inherit(const Nginx& nginx, const Project&, Hits& hits) {
    const NginxFile& file = *nginx.read;
    std::set<std::size_t> seen;
    for (const auto* one : file.all("add_header")) {
        if (!one->parent || !seen.insert(*one->parent).second) continue;
        const NginxDirective& block = file.directives[*one->parent];
        const auto inherit = file.in_effect(one->parent, "add_header_inherit"); // 1.29.3
        if (!inherit.empty() && inherit.back()->argument(0) == "merge") continue;
        const auto* lost = lost_header(file, block, file.all(one->parent, "add_header"));
        if (!lost) continue;
        const NginxDirective* from = file.parent_of(*lost);
        const auto returns = file.all(one->parent, "return");
        const bool is_a_word = !returns.empty() && returns.back()->argument(0).starts_with('2'); // "alive": no page
        Hit& added =
            hit(hits, nginx, *one,
                fmt::format(
                    "{} sets add_header; {} of {} is lost there; repeat it or use add_header_inherit merge (1.29.3)",
                    label(file, block), lost->argument(0), from ? from->name() : "the outer level"),
                is_a_word                                             ? Level::info
                : passes_on(file, block) || is_of_assets(file, block) ? Level::warning
                                                                      : security(lost->argument(0))->lost);
        added.cause = fmt::format("lost headers\n{}:{}", file.files[lost->file], lost->words.front().line);
    }
}

void header_always(const Nginx& nginx, const Project&, Hits& hits) {
    for (const auto* one : nginx.read->all("add_header"))
        if (security(one->argument(0)) && one->argument(2) != "always")
            hit(hits, nginx, *one,
                fmt::format("add_header {} has no always; error pages don't get it; write always before the ;",
                            one->argument(0)));
}

void header_multiline(const Nginx& nginx, const Project&, Hits& hits) {
    const auto report = [&](const NginxDirective& one, std::string_view text) {
        if (text.find('\n') == text.npos) return false;
        hit(hits, nginx, one,
            fmt::format("{} has a value of several lines; HTTP/2 and some browsers refuse it; write it on one line",
                        one.name()));
        return true;
    };
    for (const auto* one : nginx.read->all("add_header")) report(*one, one->argument(1));
    for (const auto* one : nginx.read->all("more_set_headers"))
        for (std::size_t at = 0; at < one->count(); ++at) {
            if (one->argument(at) == "-s" || one->argument(at) == "-t")
                ++at; // with the codes or types that it is for
            else if (report(*one, one->argument(at)))
                break;
        }
}

struct Demand {
    std::string_view name, fact, way_out;
};

// One included file gives all of them to every server.
void set_cause_of_headers(Hit& hit) { hit.cause = "nginx sends no security headers"; }

void lacking(const Nginx& nginx, Hits& hits, const Demand& demand) {
    const NginxFile& file = *nginx.read;
    for (const auto* server : servers(file))
        if (!only_redirects(file, *server) && lacks_header(file, *server, demand.name))
            set_cause_of_headers(hit(
                hits, nginx, *server,
                fmt::format("{} sends no {}; {}; {}", label(file, *server), demand.name, demand.fact, demand.way_out)));
}

void nginx_nosniff(const Nginx& nginx, const Project&, Hits& hits) {
    lacking(nginx, hits,
            {"X-Content-Type-Options", "browsers may guess types",
             "write add_header X-Content-Type-Options nosniff always"});
}

void nginx_frame(const Nginx& nginx, const Project&, Hits& hits) {
    const NginxFile& file = *nginx.read;
    for (const auto* server : servers(file)) {
        const auto policy = header(file, *server, "Content-Security-Policy");
        if (only_redirects(file, *server) || (policy && contains_any(*policy, {"frame-ancestors", "$"}))) continue;
        if (lacks_header(file, *server, "X-Frame-Options"))
            set_cause_of_headers(hit(hits, nginx, *server,
                                     fmt::format("{} sends no X-Frame-Options; other sites can frame it; write "
                                                 "add_header X-Frame-Options DENY always",
                                                 label(file, *server))));
    }
}

void nginx_csp(const Nginx& nginx, const Project&, Hits& hits) {
    lacking(nginx, hits, {"Content-Security-Policy", "injected scripts would run", "send it here or from the app"});
}

void nginx_referrer(const Nginx& nginx, const Project&, Hits& hits) {
    lacking(nginx, hits,
            {"Referrer-Policy", "older browsers tell other sites the paths", "add strict-origin-when-cross-origin"});
}

void server_tokens(const Nginx& nginx, const Project&, Hits& hits) {
    const NginxFile& file = *nginx.read;
    for (const auto* server : servers(file)) {
        const auto tokens = file.in_effect(file.index_of(*server), "server_tokens");
        const bool quiet = !tokens.empty() && tokens.back()->argument(0) != "on";
        if (quiet || has_unknown_include(file, *server)) continue;
        hit(hits, nginx, *server, "server_tokens isn't off; answers show nginx's version; write server_tokens off");
        return;
    }
}

}

std::span<const Rule> nginx_header_rules() {
    static const Rule rows[] = {
        {.id = "nginx-syntax",
         .title = "nginx would refuse the configuration",
         .levels = always(Level::error),
         .check = nginx_syntax,
         .why = "nginx starts with the whole configuration or not at all: one wrong brace or ; keeps every site down.",
         .way_out = "nginx -t before each reload",
         .refs = {"S2-10"}},
        {.id = "nginx-header-inherit",
         .title = "An inner add_header turns off the outer add_header lines",
         .levels = always(Level::warning),
         .check = header_inherit,
         .why = "nginx inherits add_header only if a level has no add_header of its own: one line in a location drops "
                "all lines of the server. A lost security header is an error, unless a server behind the location may "
                "send it, or the location has only assets.",
         .way_out = "repeat the outer lines, put all in one included file, or add_header_inherit merge (1.29.3)",
         .peers = {"add_header_redefinition"},
         .refs = {"S2-61"}},
        {.id = "nginx-header-always",
         .title = "A security header is missing from error responses",
         .levels = always(Level::warning),
         .check = header_always,
         .why =
             "Without always, nginx adds the header only to 200, 201, 204, 206 and 30x; an error page doesn't get it.",
         .way_out = "add_header X-Frame-Options DENY always;",
         .refs = {"S2-62"}},
        {.id = "nginx-header-multiline",
         .title = "A header's value has several lines",
         .levels = always(Level::warning),
         .check = header_multiline,
         .why =
             "Folded headers are deprecated (RFC 9112, 5.2); HTTP/2 forbids them, and some browsers drop the answer.",
         .way_out = "write the value on one line",
         .peers = {"add_header_multiline"}},
        {.id = "nginx-nosniff",
         .title = "No X-Content-Type-Options",
         .levels = always(Level::warning),
         .check = nginx_nosniff,
         .why = "A browser that guesses types can run an uploaded text as a script.",
         .way_out = "add_header X-Content-Type-Options nosniff always;",
         .refs = {"S1-64", "S2-60"}},
        {.id = "nginx-frame",
         .title = "Other sites can frame the pages",
         .levels = always(Level::warning),
         .check = nginx_frame,
         .why = "Visitors can click on a page in another site's frame without knowing it.",
         .way_out = "add_header X-Frame-Options DENY always;  or Content-Security-Policy with frame-ancestors",
         .refs = {"S1-65"}},
        {.id = "nginx-csp",
         .title = "No Content-Security-Policy in the proxy",
         .levels = always(Level::info),
         .check = nginx_csp,
         .why = "The policy is the last line of defence against injected scripts; the application may send it instead.",
         .way_out = "add_header Content-Security-Policy \"default-src 'self'\" always;",
         .refs = {"S1-68"}},
        {.id = "nginx-referrer",
         .title = "No Referrer-Policy",
         .levels = always(Level::info),
         .check = nginx_referrer,
         .why = "Paths and queries can contain data that other sites shouldn't see.",
         .way_out = "add_header Referrer-Policy strict-origin-when-cross-origin always;",
         .refs = {"S1-69"}},
        {.id = "nginx-server-tokens",
         .title = "Answers show nginx's version",
         .levels = always(Level::info),
         .check = server_tokens,
         .why = "The version shows an attacker which holes to try.",
         .way_out = "server_tokens off;",
         .refs = {"S1-147"}},
    };
    return rows;
}

}
