#include "base/text.h"
#include "base/words.h"
#include "preflight/rules/code_logins.h"
#include "preflight/rules/groups.h"
#include "preflight/rules/nginx_look.h"
#include "read/nginx/nginx_lexer.h"
#include "read/nginx/nginx_variables.h"
#include <algorithm>
#include <fmt/format.h>

// What whoever sends a request can choose, and where that ends up.
namespace fairlead::preflight {

namespace {

using namespace nginx;
using read::NginxPart;
using read::NginxVariables;

void host_spoofing(const Nginx& nginx, const Project&, Hits& hits) {
    const NginxFile& file = *nginx.read;
    const auto all = file.all("proxy_set_header");
    if (all.empty()) return;
    const NginxVariables variables(file);
    for (const auto* one : all) {
        if (lower(one->argument(0)) != "host") continue;
        for (const NginxPart& part : variables.flat(one->argument(1), *one)) {
            const std::string& name = part.variable;
            if (name != "http_host" && name != "http_x_forwarded_host" && !name.starts_with("arg_") &&
                !name.starts_with("cookie_"))
                continue;
            hit(hits, nginx, *one,
                fmt::format(
                    "proxy_set_header Host contains ${}; a visitor can set it to any value; use $server_name or $host",
                    read::nginx_shown(name)));
            break;
        }
    }
}

// Of the values that nginx sends on as they are: those that a line end would cut in two.
std::string_view sent(const NginxDirective& directive) {
    const std::string& name = directive.name();
    if (name == "add_header" || name == "proxy_set_header") return directive.argument(1);
    if (name == "proxy_pass") return directive.argument(0);
    if (name == "return" && directive.count() == 1) return directive.argument(0);
    if (name == "return" && directive.argument(0).starts_with("30")) return directive.argument(1);
    if (name == "rewrite") {
        const auto target = directive.argument(1);
        const bool redirects = directive.has("redirect") || directive.has("permanent") ||
                               target.starts_with("http://") || target.starts_with("https://") ||
                               target.starts_with("$scheme");
        if (redirects) return target;
    }
    return {};
}

void http_splitting(const Nginx& nginx, const Project&, Hits& hits) {
    const NginxFile& file = *nginx.read;
    NginxVariables variables(file);
    for (const NginxDirective& one : file.directives) {
        const bool to_server = one.name().starts_with("proxy_");
        for (const NginxPart& part : read::nginx_parts(sent(one))) {
            if (part.variable.empty()) continue;
            const auto contents = variables.contents(part.variable, one);
            if (!contents.client || !(contents.may['\n'] || (!to_server && contents.may['\r']))) continue;
            auto& found = hit(hits, nginx, one,
                              fmt::format("{} contains ${}, which can hold a line end; a visitor can add headers; {}",
                                          one.name(), read::nginx_shown(part.variable),
                                          std::isdigit(static_cast<unsigned char>(part.variable[0])) != 0
                                              ? "exclude \\s in the group"
                                              : "use $request_uri, or a group that can't match white space"));
            if (!contents.may['\n']) found.level = Level::warning; // (.*): few take a bare CR for a line's end
            break;
        }
    }
}

// The first variable of the scheme or host that the client chooses; nothing: there is none.
const NginxPart* chosen_host(const std::vector<NginxPart>& parts, NginxVariables& variables,
                             const NginxDirective& user) {
    bool behind_scheme = false;
    for (const NginxPart& part : parts) {
        if (!part.variable.empty()) {
            const auto contents = variables.contents(part.variable, user);
            if (contents.ends_host) return nullptr;
            if (contents.client && contents.may['.']) return &part;
            continue;
        }
        std::string_view text = part.text;
        if (const auto scheme = text.find("://"); scheme != text.npos && !behind_scheme) {
            behind_scheme = true;
            text.remove_prefix(scheme + 3);
        }
        if (text.find_first_of("/?#") != text.npos) return nullptr;
    }
    return nullptr;
}

bool is_internal(const NginxFile& file, const NginxDirective& directive) {
    for (const NginxDirective* at = &directive; at; at = file.parent_of(*at))
        if (at->name() == "location" && file.find(file.index_of(*at), "internal")) return true;
    return false;
}

void real_ip(const Nginx& nginx, const Project&, Hits& hits) {
    for (const auto* one : nginx.read->all("set_real_ip_from"))
        if (is_one_of(one->argument(0), {"0.0.0.0/0", "::/0"}))
            hit(hits, nginx, *one,
                fmt::format("set_real_ip_from {} trusts everybody; a visitor can forge their address for limits and "
                            "logs; name the proxy's network",
                            read::nginx_shown(one->argument(0))));
}

// allow without deny all keeps nobody out.
void allow_alone(const Nginx& nginx, const Project&, Hits& hits) {
    const NginxFile& file = *nginx.read;
    for (const auto* location : file.all("location")) {
        const auto index = file.index_of(*location);
        const auto allowed = file.all(index, "allow"), denied = file.in_effect(index, "deny");
        const bool lets_all = std::any_of(allowed.begin(), allowed.end(),
                                          [](const NginxDirective* one) { return one->argument(0) == "all"; });
        if (allowed.empty() || lets_all || !denied.empty() || !file.all(index, "deny").empty() ||
            file.find(index, "auth_basic") || file.find(index, "auth_request") || has_unknown_include(file, *location))
            continue;
        hit(hits, nginx, *allowed.front(),
            fmt::format("{} has allow without deny; everybody else gets in as well; add deny all after it",
                        label(file, *location)));
    }
}

// What a page for operators shows, without allow, deny or a password.
void status_open(const Nginx& nginx, const Project&, Hits& hits) {
    const NginxFile& file = *nginx.read;
    for (const auto* one : file.all("stub_status")) {
        const auto* const block = file.parent_of(*one);
        if (block == nullptr) continue;
        const auto index = file.index_of(*block);
        const bool is_closed = !file.in_effect(index, "deny").empty() || !file.in_effect(index, "auth_basic").empty() ||
                               file.find(index, "internal") || has_unknown_include(file, *block);
        const auto* const server = file.parent_of(*block);
        const auto* const listen = server == nullptr ? nullptr : file.find(file.index_of(*server), "listen");
        if (!is_closed && (listen == nullptr || !listen->argument(0).starts_with("127.")))
            hit(hits, nginx, *one,
                fmt::format("{} shows nginx's status; everybody can read it; add allow 127.0.0.1 and deny all",
                            label(file, *block)));
    }
}

// The application believes what the client sent.
void forwarded_from_client(const Nginx& nginx, const Project&, Hits& hits) {
    const NginxFile& file = *nginx.read;
    for (const auto* one : file.all("proxy_set_header"))
        if (lower(one->argument(0)) == "x-forwarded-for" && one->argument(1) == "$http_x_forwarded_for")
            hit(hits, nginx, *one,
                "X-Forwarded-For is what the client sent; a visitor can forge their address; write "
                "$proxy_add_x_forwarded_for");
}

// Answers to one visitor come from the cache to the next, unless the key or a bypass knows who is logged in.
void cache_shared(const Nginx& nginx, const Project&, Hits& hits) {
    const NginxFile& file = *nginx.read;
    const auto knows_user = [&](std::size_t index, std::string_view name) {
        const auto all = file.in_effect(index, name);
        return std::any_of(all.begin(), all.end(), [](const NginxDirective* one) {
            for (std::size_t at = 0; at < one->count(); ++at)
                if (has_any(one->argument(at), {"cookie", "authorization", "auth"})) return true;
            return false;
        });
    };
    for (const auto* one : file.all("proxy_cache")) {
        const auto* const block = file.parent_of(*one);
        if (block == nullptr || one->argument(0) == "off") continue;
        const bool is_public = block->name() == "location" &&
                               contains_any(nginx_location(*block).path, {"static", "asset", "media", "image", "img",
                                                                          "font", "\\.(", "_next", "dist"});
        if (is_public) continue; // the same for everybody
        const auto index = file.index_of(*block);
        const auto ignored = file.in_effect(index, "proxy_ignore_headers");
        const bool ignores = std::any_of(ignored.begin(), ignored.end(), [](const NginxDirective* each) {
            return each->has("Set-Cookie") || each->has("Cache-Control");
        });
        if (knows_user(index, "proxy_cache_key") || knows_user(index, "proxy_cache_bypass") ||
            knows_user(index, "proxy_no_cache") || has_unknown_include(file, *block))
            continue;
        hit(hits, nginx, *one,
            fmt::format("{} caches for everybody{}; one visitor can get another's page; add proxy_cache_bypass and "
                        "proxy_no_cache $http_authorization $cookie_session",
                        label(file, *block), ignores ? ", even what says that it is private" : ""));
    }
}

// The answer allows whoever asks, and with cookies.
void nginx_cors(const Nginx& nginx, const Project& project, Hits& hits) {
    const NginxFile& file = *nginx.read;
    std::optional<bool> is_harmless; // asked once, as all of the source is read for it
    for (const auto* one : file.all("add_header")) {
        const auto* const block = file.parent_of(*one);
        if (block == nullptr || lower(one->argument(0)) != "access-control-allow-origin" ||
            one->argument(1) != "$http_origin" || block->name() == "if")
            continue;
        if (lower(header(file, *block, "Access-Control-Allow-Credentials").value_or("")) != "true") continue;
        auto& found = hit(hits, nginx, *one,
                          fmt::format("{} allows every origin with credentials; any site can act in a visitor's name; "
                                      "map the origin to a list",
                                      label(file, *block)));
        if (!is_harmless) is_harmless = is_without_cookies(project);
        if (*is_harmless) found.level = Level::warning;
    }
}

void ssrf(const Nginx& nginx, const Project&, Hits& hits) {
    const NginxFile& file = *nginx.read;
    NginxVariables variables(file);
    for (const auto* one : file.all("proxy_pass")) {
        if (one->argument(0).find('$') == std::string_view::npos || is_internal(file, *one)) continue;
        const auto parts = variables.flat(one->argument(0), *one);
        if (const auto* part = chosen_host(parts, variables, *one))
            hit(hits, nginx, *one,
                fmt::format(
                    "proxy_pass takes its host from ${}; a visitor can reach inner servers; map it to a closed list",
                    read::nginx_shown(part->variable)));
    }
}

// gixy's option for one file, as its own tests write it: # Options: {"https_only": true}
bool https_only(const Nginx& nginx, const Project& project) {
    const std::string text = project.read(nginx.file).value_or("");
    const std::string_view first = std::string_view(text).substr(0, text.find('\n'));
    return first.starts_with("# Options:") && first.find("\"https_only\": true") != first.npos;
}

// Why the expression lets strangers through; empty: it doesn't.
std::string loose(std::string_view alternative, bool only_https) {
    while (alternative.starts_with('(')) alternative.remove_prefix(alternative.starts_with("(?:") ? 3 : 1);
    if (!alternative.starts_with('^')) return "doesn't begin with ^";
    const std::string plain = replace_all(std::string(alternative), "\\/", "/");
    const std::size_t scheme = plain.find("://");
    if (only_https && scheme != plain.npos && !std::string_view(plain).substr(0, scheme).ends_with("https"))
        return "accepts http, too";
    bool in_class = false;
    for (std::size_t at = scheme == plain.npos ? 1 : scheme + 3; at < plain.size(); ++at) {
        const char c = plain[at];
        if (c == '\\') {
            ++at;
            if (at < plain.size() && (plain[at] == 'z' || plain[at] == 'Z')) return "";
        } else if (in_class) {
            in_class = c != ']';
        } else if (c == '[') {
            in_class = true;
            if (at + 1 < plain.size() && plain[at + 1] == '^') ++at;
            if (at + 1 < plain.size() && plain[at + 1] == ']') ++at;
        } else if (c == '/' || c == '$') {
            return "";
        } else if (c == '.') {
            return "has a dot without \\";
        }
    }
    return "has no / or $ after the host";
}

std::vector<std::string> alternatives(std::string_view pattern) { // at the top level
    std::vector<std::string> all(1);
    int depth = 0;
    for (std::size_t at = 0; at < pattern.size(); ++at) {
        const char c = pattern[at];
        if (c == '\\' && at + 1 < pattern.size())
            all.back() += pattern[at++];
        else if (c == '(')
            ++depth;
        else if (c == ')')
            --depth;
        else if (c == '|' && depth == 0) {
            all.emplace_back();
            continue;
        }
        all.back() += pattern[at];
    }
    return all;
}

void origins(const Nginx& nginx, const Project& project, Hits& hits) {
    const bool only_https = https_only(nginx, project);
    for (const auto* one : nginx.read->all("if")) {
        std::string_view left = one->argument(one->argument(0) == "(" ? 1 : 0);
        if (left.starts_with('(')) left.remove_prefix(1);
        const bool origin = lower(left) == "$http_origin";
        const std::string pattern = read::nginx_pattern(*one);
        if ((!origin && lower(left) != "$http_referer") || pattern.empty()) continue;
        for (const auto& alternative : alternatives(pattern))
            if (const std::string why = loose(alternative, only_https); !why.empty()) {
                hit(hits, nginx, *one,
                    fmt::format(
                        "the expression for {} {}; a stranger's site can match; write ^https://app\\.example\\.org{}",
                        origin ? "Origin" : "Referer", why, origin ? "$" : "/"));
                break;
            }
    }
}

void valid_referers(const Nginx& nginx, const Project&, Hits& hits) {
    for (const auto* one : nginx.read->all("valid_referers"))
        if (one->has("none"))
            hit(hits, nginx, *one,
                "valid_referers has none; a request without a Referer passes, and any page can send such a request; "
                "remove none");
}

}

std::span<const Rule> nginx_client_rules() {
    static const Rule rows[] = {
        {.id = "nginx-host-spoofing",
         .title = "The upstream gets a Host header that the visitor chooses",
         .levels = always(Level::warning),
         .check = host_spoofing,
         .why = "The application builds links and password mails from the Host header. With a forged header, these "
                "links lead users to another site.",
         .way_out = "proxy_set_header Host $server_name;  or $host with a default server for unknown names",
         .peers = {"host_spoofing"}},
        {.id = "nginx-http-splitting",
         .title = "A line break from the visitor gets into a header",
         .levels = always(Level::error),
         .check = http_splitting,
         .why = "nginx decodes `$uri`: `%0d%0a` becomes a line break, and the text after it becomes a separate header.",
         .way_out = "$request_uri for $uri, and groups like ([^/\\s]+)",
         .peers = {"http_splitting"}},
        {.id = "nginx-ssrf",
         .title = "The visitor chooses the host that the proxy asks",
         .levels = always(Level::error),
         .check = ssrf,
         .why = "The proxy is inside the network. It reaches databases, metadata services and admin pages that nobody "
                "outside may reach.",
         .way_out = "a map from the request to a closed list of upstreams, or internal; in the location",
         .peers = {"ssrf"}},
        {.id = "nginx-origins",
         .title = "The expression for Origin or Referer also matches other sites",
         .levels = always(Level::warning),
         .check = origins,
         .why = "Without `^`, `$` and `\\.`, the expression `example.com` also matches example.com.evil.org, "
                "evil-example.com and exampleXcom.",
         .way_out = "if ($http_origin !~ ^https://app\\.example\\.org$) { ... }",
         .peers = {"origins"}},
        {.id = "nginx-real-ip",
         .title = "Any visitor can choose the address that nginx sees",
         .levels = always(Level::warning),
         .check = real_ip,
         .why = "Limits, bans and logs then work with an address that the request itself names. The setting is safe "
                "only if nobody except the proxy can reach this server.",
         .way_out = "set_real_ip_from 10.0.0.0/8;"},
        {.id = "nginx-allow-alone",
         .title = "A list of allow lines without deny keeps nobody out",
         .levels = always(Level::error),
         .check = allow_alone,
         .why = "If no line of the list matches a request, nginx allows the request. So the list has no effect.",
         .way_out = "allow 10.0.0.0/8; deny all;"},
        {.id = "nginx-status-open",
         .title = "Everybody can read nginx's status page",
         .levels = deployed(Level::warning),
         .check = status_open,
         .why = "The page shows how many visitors there are. This helps an attacker to choose the time of an attack.",
         .way_out = "location = /status { stub_status; allow 127.0.0.1; deny all; }"},
        {.id = "nginx-forwarded-from-client",
         .title = "The client chooses the address that the program sees",
         .levels = deployed(Level::warning),
         .check = forwarded_from_client,
         .why = "The program's limits and logs then work with an address that the request itself names.",
         .way_out = "proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;"},
        {.id = "nginx-cache-shared",
         .title = "The cache may give one visitor's pages to other visitors",
         .levels = deployed(Level::warning),
         .check = cache_shared,
         .why = "The cache finds a page by its address alone. So the cache gives a page of one account to everybody, "
                "unless the program marks the page as private.",
         .way_out = "proxy_cache_bypass $http_authorization $cookie_session; proxy_no_cache $http_authorization "
                    "$cookie_session;"},
        {.id = "nginx-cors",
         .title = "Every origin is allowed with credentials",
         .levels = deployed(Level::error),
         .check = nginx_cors,
         .why = "Any site that a visitor opens can call the API with the visitor's cookies, and read the answers.",
         .way_out = "map $http_origin $cors { https://app.example.org $http_origin; }  add_header "
                    "Access-Control-Allow-Origin $cors always;"},
        {.id = "nginx-valid-referers",
         .title = "valid_referers lets requests without a Referer pass",
         .levels = always(Level::warning),
         .check = valid_referers,
         .why =
             "Any page can tell the browser to send its requests without a Referer (`Referrer-Policy: no-referrer`).",
         .way_out = "valid_referers server_names;",
         .peers = {"valid_referers"}},
    };
    return rows;
}

}
