#include "base/text.h"
#include "base/url.h"
#include "preflight/rules/groups.h"
#include "preflight/rules/http_html.h"
#include "preflight/rules/http_open.h"
#include "preflight/rules/site_look.h"
#include <algorithm>
#include <fmt/format.h>
#include <map>
#include <set>

namespace fairlead::preflight {

namespace {

void hit_site(Hits& hits, std::string message, std::optional<Level> level = {}) {
    hits.add("", 0, 0, std::move(message)).level = level;
}

// ---- cookies (RFC 6265bis, 4.1)

struct Cookie {
    std::string name;
    bool secure = false, http_only = false, is_removed = false, has_domain = false;
    std::string path, same_site; // in lower case
};

Cookie cookie_of(std::string_view header) {
    Cookie http_cookie;
    const auto parts = split(header, ';');
    http_cookie.name = trim(std::string_view(parts.front()).substr(0, parts.front().find('=')));
    for (std::size_t i = 1; i < parts.size(); ++i) {
        const std::string_view part = trim(std::string_view(parts[i]));
        const auto name = lower(trim(part.substr(0, part.find('='))));
        const std::string value(part.find('=') == part.npos ? "" : trim(part.substr(part.find('=') + 1)));
        http_cookie.secure |= name == "secure";
        http_cookie.http_only |= name == "httponly";
        http_cookie.has_domain |= name == "domain";
        http_cookie.is_removed |= name == "max-age" && (value == "0" || value.starts_with('-'));
        if (name == "path") http_cookie.path = value;
        if (name == "samesite") http_cookie.same_site = lower(value);
    }
    return http_cookie;
}

// One that lets in whoever holds it; a CSRF token is there for scripts to read.
bool is_session(std::string_view name) {
    const auto word = lower(name);
    if (word.find("csrf") != word.npos || word.find("xsrf") != word.npos) return false;
    constexpr std::string_view parts[] = {"sess", "auth", "token", "jwt", "remember"};
    return word.ends_with("sid") || std::any_of(std::begin(parts), std::end(parts),
                                                [&](std::string_view part) { return word.find(part) != word.npos; });
}

std::vector<Fault> faults_of(const Cookie& http_cookie, bool https) {
    std::vector<Fault> faults;
    const auto add = [&](std::string_view fact, std::string_view way_out, std::optional<Level> level = {}) {
        faults.push_back({fmt::format("{}; {}", fact, way_out), level});
    };
    if (http_cookie.name.starts_with("__Host-") &&
        (!http_cookie.secure || http_cookie.path != "/" || http_cookie.has_domain))
        add("breaks the rules of __Host-; browsers drop it", "send Secure, Path=/ and no Domain");
    else if (http_cookie.name.starts_with("__Secure-") && !http_cookie.secure)
        add("breaks the rule of __Secure-; browsers drop it", "send Secure");
    else if (http_cookie.same_site == "none" && !http_cookie.secure)
        add("has SameSite=None without Secure; browsers drop it", "add Secure");
    else if (https && !http_cookie.secure)
        add("lacks Secure; it is sent over http, too", "add Secure");
    if (is_session(http_cookie.name) && !http_cookie.http_only)
        add("lacks HttpOnly; an injected script can take the session", "add HttpOnly", Level::warning);
    if (http_cookie.same_site.empty())
        add("lacks SameSite; browsers differ in when they send it", "add SameSite=Lax", Level::info);
    return faults;
}

std::vector<const Answer*> all_pages(const Site& site) {
    std::vector<const Answer*> all;
    for (const Answer& hop : site.hops) all.push_back(&hop);
    if (site.not_found) all.push_back(&*site.not_found);
    return all;
}

void http_cookie(const Site& site, const Project&, Hits& hits) {
    std::set<std::string> told;
    for (const Answer* answer : all_pages(site))
        for (const auto& header : answer->values("Set-Cookie")) {
            const auto one = cookie_of(header);
            if (one.is_removed) continue;
            for (const Fault& fault : faults_of(one, is_https(*answer))) {
                auto message =
                    fmt::format("cookie {} of {} {}", shown_word(one.name), site_label(answer->url), fault.message);
                if (told.insert(message).second) hit_site(hits, std::move(message), fault.level);
            }
        }
}

// ---- CORS (Fetch, 3.2)

bool lets_credentials(const Answer& answer) { return answer.value("Access-Control-Allow-Credentials") == "true"; }

// Of the answer to a preflight request: what is in the list that shouldn't be; empty: nothing.
std::string open_method(const Answer& answer) {
    for (const auto& header : answer.values("Access-Control-Allow-Methods"))
        for (const auto& item : split(header, ',')) {
            const auto method = upper(trim(std::string_view(item)));
            if (method == "*" || method == "TRACE" || method == "CONNECT") return method;
        }
    return {};
}

bool has_star(const Answer& answer, std::string_view header) {
    for (const auto& value : answer.values(header))
        for (const auto& item : split(value, ','))
            if (trim(std::string_view(item)) == "*") return true;
    return false;
}

void cors(const Site& site, const Project&, Hits& hits) {
    constexpr std::string_view allowed = "Access-Control-Allow-Origin";
    const auto label = site_label(site.page() ? site.page()->url : site.url);
    for (const auto* answer : {&site.foreign, &site.preflight})
        if (*answer && lets_credentials(**answer)) {
            const auto origin = (*answer)->value(allowed);
            if (origin != foreign_origin && origin != "*") continue;
            hit_site(hits,
                     fmt::format("{} sends {}: {}, with credentials; any site can act for a visitor; list the sites",
                                 label, allowed, origin == "*" ? "*" : "the asking site"));
            break;
        }
    for (const auto* answer : {&site.foreign, &site.null_origin, &site.preflight})
        if (*answer && (*answer)->value(allowed) == "null") {
            hit_site(
                hits,
                fmt::format("{} allows the origin null; any page in a sandboxed frame has it; list the sites", label));
            break;
        }
    if (!site.preflight) return;
    const Answer& preflight = *site.preflight;
    const auto level = lets_credentials(preflight) ? Level::error : Level::warning;
    if (const auto method = open_method(preflight); !method.empty())
        hit_site(hits,
                 fmt::format("Access-Control-Allow-Methods of {} has {}; the list isn't closed; name GET, POST, ...",
                             label, method),
                 level);
    if (has_star(preflight, "Access-Control-Allow-Headers"))
        hit_site(hits,
                 fmt::format("Access-Control-Allow-Headers of {} is *; the list isn't closed; name the headers", label),
                 level);
}

// ---- http to https

void redirect_https(const Site& site, const Project&, Hits& hits) {
    if (site.plain.empty()) return;
    const Answer& first = site.plain.front();
    const auto label = site_label(first.url);
    if (!is_https(site.plain.back()))
        return hit_site(
            hits,
            fmt::format("{} isn't redirected to https; anyone on the network path can read it; redirect it with 301",
                        label));
    const auto host = [](const Answer& answer) { return parse_url(answer.url).value_or({}).host; };
    if (host(site.plain[1]) != host(first))
        hit_site(
            hits,
            fmt::format("{} redirects to {} first; browsers never see its own HSTS; redirect to its own https first",
                        label, site_label(site.plain[1].url)),
            Level::warning);
    if (first.status != 301 && first.status != 308)
        hit_site(hits,
                 fmt::format("{} redirects to https with {}; browsers ask again each time; use 301 or 308", label,
                             first.status),
                 Level::warning);
}

// ---- what is open

void exposed_file(const Site& site, const Project&, Hits& hits) {
    for (const PublicFile& open : exposed_files()) {
        const auto* answer = file_of(site, open.path);
        if (answer && answer->status == 200 && open.is_it(*answer))
            hit_site(hits, fmt::format("{} serves {}; {}; refuse it in the proxy", site_label(answer->url), open.path,
                                       open.fact));
    }
}

void docs_open(const Site& site, const Project&, Hits& hits) {
    for (const PublicFile& open : document_files()) {
        const auto* answer = file_of(site, open.path);
        if (answer && answer->status == 200 && open.is_it(*answer))
            hit_site(hits, fmt::format(
                               "{} serves {}; everybody can read the calls of the API; turn it off, or ask for a login",
                               site_label(answer->url), open.path));
    }
}

struct DebugPage {
    std::string_view framework, sign, way_out;
};
constexpr DebugPage debug_pages[] = {
    {"Django", "<code>DEBUG = True</code>", "set DEBUG=false"},
    {"Django", "Using the URLconf defined in", "set DEBUG=false"},
    {"Flask", "Werkzeug Debugger", "set FLASK_DEBUG=0"},
    {"Flask", "__debugger__", "set FLASK_DEBUG=0"},
    {"Laravel", "NotFoundHttpException", "set APP_DEBUG=false"},
    {"Laravel", "window.ignite", "set APP_DEBUG=false"},
    {"Laravel", "Whoops! There was an error.", "set APP_DEBUG=false"},
    {"Rails", "Action Controller: Exception caught", "set RAILS_ENV=production"},
    {"Rails", "Rails.root:", "set RAILS_ENV=production"},
};

void debug_page(const Site& site, const Project&, Hits& hits) {
    if (!site.not_found) return;
    for (const DebugPage& page : debug_pages)
        if (site.not_found->body.find(page.sign) != std::string::npos)
            return hit_site(hits, fmt::format("a 404 of {} is {}'s debug page; it shows source and settings; {}",
                                              site_label(site.not_found->url), page.framework, page.way_out));
}

void mixed(const Site& site, const Project&, Hits& hits) {
    const auto* page = site.page();
    if (!page || !is_https(*page) || !is_html(*page)) return;
    const auto tag = tag_over_http(page->body);
    if (!tag.empty())
        hit_site(
            hits,
            fmt::format("{} loads a <{}> over http; browsers block it, or somebody can change it on the way; use https",
                        site_label(page->url), tag));
}

void methods(const Site& site, const Project&, Hits& hits) {
    if (site.trace && site.trace->status == 200)
        hit_site(hits,
                 fmt::format("{} answers TRACE with 200; it sends headers back that scripts must not see; refuse it",
                             site_label(site.trace->url)));
}

// ---- speed

void compression(const Site& site, const Project&, Hits& hits) {
    constexpr std::size_t worth_it = 1024; // bytes
    const auto* page = site.page();
    if (!page || page->body.size() < worth_it || !page->values("Content-Encoding").empty()) return;
    const auto type = lower(page->value("Content-Type"));
    if (type.starts_with("text/") || has_any(type, {"json", "javascript", "xml"}))
        hit_site(
            hits,
            fmt::format("{} sends text without gzip or br; it takes several times as long; turn gzip on in the proxy",
                        site_label(page->url)));
}

void cache_html(const Site& site, const Project&, Hits& hits) {
    constexpr std::int64_t longest = 3600; // seconds
    const auto* page = site.page();
    if (!page || !is_html(*page)) return;
    const auto age = max_age(page->value("Cache-Control"));
    if (age && *age > longest)
        hit_site(hits,
                 fmt::format("HTML of {} has max-age={}; visitors keep the old release for that time; send no-cache",
                             site_label(page->url), *age));
}

}

std::span<const Rule> http_rules() {
    static const Rule rows[] = {
        {.id = "http-cookie",
         .title = "A cookie can be stolen, or browsers drop it",
         .levels = always(Level::error),
         .check = http_cookie,
         .why = "Without Secure a cookie is sent over http, too. A session without HttpOnly is a warning; a missing "
                "SameSite is information.",
         .way_out = "Set-Cookie: __Host-session=...; Secure; HttpOnly; SameSite=Lax; Path=/",
         .peers = {"OWASP secure headers"},
         .refs = {"S1-141"}},
        {.id = "http-cors",
         .title = "Other sites may call the API for a visitor",
         .levels = always(Level::error),
         .check = cors,
         .why = "If an origin is reflected, is *, or is null with credentials, every site can act with a visitor's "
                "session. Methods and headers must be closed lists, too: otherwise there is a warning, or an error "
                "with credentials.",
         .way_out = "a list of origins that is compared whole; Access-Control-Allow-Methods: GET, POST",
         .refs = {"S1-144", "S2-106"}},
        {.id = "http-redirect-https",
         .title = "http isn't redirected to https",
         .levels = deployed(Level::error),
         .check = redirect_https,
         .why = "A visitor who types the name comes by http. A redirect that isn't permanent, or that leads to another "
                "host first, is a warning.",
         .way_out = "server { listen 80; return 301 https://$host$request_uri; }",
         .peers = {"Observatory"},
         .refs = {"S2-70"}},
        {.id = "http-mixed",
         .title = "A page loads something over http",
         .levels = always(Level::warning),
         .check = mixed,
         .why = "Browsers block scripts and styles that come over http to an https page; somebody on the way can "
                "change pictures.",
         .way_out = "<script src=\"/app.js\">  or https://",
         .refs = {"S1-158"}},
        {.id = "http-debug-page",
         .title = "An error shows a debug page",
         .levels = always(Level::error),
         .check = debug_page,
         .why = "It shows source, settings and routes; Werkzeug's debug page runs commands for anyone who guesses its "
                "PIN.",
         .way_out = "DEBUG=false, FLASK_DEBUG=0, APP_DEBUG=false, RAILS_ENV=production",
         .refs = {"S1-06"}},
        {.id = "http-exposed-file",
         .title = "A file is served that isn't for visitors",
         .levels = always(Level::error),
         .check = exposed_file,
         .why = "Scanners ask every host for /.env and /.git/HEAD within minutes.",
         .way_out = "location ~ /\\. { deny all; }  and a root that holds only built files",
         .refs = {"S1-167"}},
        {.id = "http-docs-open",
         .title = "The API's documentation is open in production",
         .levels = {Level::off, Level::off, Level::info},
         .check = docs_open,
         .why = "It lists every path and parameter for anyone who looks for a hole.",
         .way_out = "FastAPI(docs_url=None, openapi_url=None)",
         .refs = {"S1-130"}},
        {.id = "http-compression",
         .title = "Text is sent uncompressed",
         .levels = always(Level::info),
         .check = compression,
         .why = "Text shrinks to about a fifth.",
         .way_out = "gzip on; gzip_types text/css application/javascript application/json;",
         .refs = {"S4-79"}},
        {.id = "http-cache-html",
         .title = "HTML is cached for a long time",
         .levels = always(Level::info),
         .check = cache_html,
         .why = "A page names the scripts of its release: a browser that keeps the page asks for files that no longer "
                "exist.",
         .way_out =
             "Cache-Control: no-cache  for HTML, max-age=31536000, immutable for files with a hash in their names",
         .refs = {"S4-79"}},
        {.id = "http-methods",
         .title = "The server answers TRACE",
         .levels = always(Level::warning),
         .check = methods,
         .why = "It sends the request back, with cookies and headers that proxies added.",
         .way_out = "TraceEnable off  (Apache httpd); refuse the method in the proxy",
         .refs = {"S1-130"}},
    };
    return rows;
}

}
