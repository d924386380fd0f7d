#include "base/text.h"
#include "preflight/rules/groups.h"
#include "preflight/rules/http_html.h"
#include "preflight/rules/http_open.h"
#include "preflight/rules/site_look.h"
#include "read/served/cookies.h"
#include "read/served/origins.h"
#include "read/served/to_https.h"
#include <fmt/format.h>
#include <set>

namespace fairlead::preflight {

namespace {

void hit_site(Hits& hits, std::string message, std::optional<Level> level = {}) {
    hits.add("", 0, 0, std::move(message)).level = level;
}

// ---- cookies (RFC 6265bis, 4.1)

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
            const auto one = read::served::cookie_of(header);
            if (one.is_removed) continue;
            for (const Fault& fault : read::served::faults_of(one, *answer)) {
                auto message =
                    fmt::format("cookie {} of {} {}", shown_word(one.name), site_label(answer->url), fault.message);
                if (told.insert(message).second) hit_site(hits, std::move(message), fault.level);
            }
        }
}

// ---- CORS (Fetch, 3.2)

void cors(const Site& site, const Project&, Hits& hits) {
    const auto label = site_label(site.page() ? site.page()->url : site.url);
    const auto first_fault = [&](std::initializer_list<const std::optional<Answer>*> answers, const auto& look) {
        for (const auto* answer : answers) {
            std::optional<Fault> fault;
            if (*answer) fault = look(**answer);
            if (fault) return hit_site(hits, std::move(fault->message), fault->level);
        }
    };
    first_fault({&site.foreign, &site.preflight},
                [&](const Answer& answer) { return read::served::open_origin_fault(answer, label, foreign_origin); });
    first_fault({&site.foreign, &site.null_origin, &site.preflight},
                [&](const Answer& answer) { return read::served::null_origin_fault(answer, label); });
    if (!site.preflight) return;
    for (auto& fault : read::served::open_list_faults(*site.preflight, label))
        hit_site(hits, std::move(fault.message), fault.level);
}

// ---- http to https

void redirect_https(const Site& site, const Project&, Hits& hits) {
    if (site.plain.empty()) return;
    std::vector<std::string> way;
    for (const Answer& hop : std::span(site.plain).subspan(1)) way.push_back(hop.url);
    for (auto& fault : read::served::to_https_faults(site.plain.front(), way))
        hit_site(hits, std::move(fault.message), fault.level);
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
         .why = "Without Secure, browsers also send a cookie over http. If a session cookie has no HttpOnly, the level "
                "is warning. If SameSite is missing, the level is info. Browsers drop a Secure cookie that comes over "
                "http, except from localhost; if a redirect sets this cookie, the level is warning. Browsers also drop "
                "a cookie for a foreign domain, or for a domain that belongs to everybody, such as `Domain=com`.",
         .way_out = "Set-Cookie: __Host-session=...; Secure; HttpOnly; SameSite=Lax; Path=/",
         .peers = {"OWASP secure headers"},
         .refs = {"S1-141"}},
        {.id = "http-cors",
         .title = "Other sites may call the API for a visitor",
         .levels = always(Level::error),
         .check = cors,
         .why = "Every site can act with a visitor's session if the API allows credentials together with any origin "
                "(the origin of the request, or `*`), or if it allows the origin `null`. The allowed methods and "
                "headers must be closed lists, too. If the API allows any method or header, the level is warning; if "
                "the API also allows credentials, the level is error.",
         .way_out = "a list of origins that is compared whole; Access-Control-Allow-Methods: GET, POST",
         .refs = {"S1-144", "S2-106"}},
        {.id = "http-redirect-https",
         .title = "http isn't redirected to https",
         .levels = deployed(Level::error),
         .check = redirect_https,
         .why = "A visitor who types the name comes by http. If a redirect isn't permanent, or leads to another host "
                "first, the level is warning. If a redirect has several Location headers that differ, browsers don't "
                "follow it.",
         .way_out = "server { listen 80; return 301 https://$host$request_uri; }",
         .peers = {"Observatory"},
         .refs = {"S2-70"}},
        {.id = "http-mixed",
         .title = "A page loads something over http",
         .levels = always(Level::warning),
         .check = mixed,
         .why = "If an https page loads scripts or styles over http, browsers block them. If it loads pictures over "
                "http, anyone on the network path can change them.",
         .way_out = "<script src=\"/app.js\">  or https://",
         .refs = {"S1-158"}},
        {.id = "http-debug-page",
         .title = "An error shows a debug page",
         .levels = always(Level::error),
         .check = debug_page,
         .why = "The debug page shows source, settings and routes. Werkzeug's debug page runs commands for anyone who "
                "guesses its PIN.",
         .way_out = "DEBUG=false, FLASK_DEBUG=0, APP_DEBUG=false, RAILS_ENV=production",
         .refs = {"S1-06"}},
        {.id = "http-exposed-file",
         .title = "The site serves a file that isn't for visitors",
         .levels = always(Level::error),
         .check = exposed_file,
         .why = "Scanners ask every host for `/.env` and `/.git/HEAD` within minutes.",
         .way_out = "location ~ /\\. { deny all; }  and a root that holds only built files",
         .refs = {"S1-167"}},
        {.id = "http-docs-open",
         .title = "The API's documentation is open in production",
         .levels = {Level::off, Level::off, Level::info},
         .check = docs_open,
         .why = "The documentation lists every path and parameter for anyone who looks for a hole.",
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
         .why = "A page contains the names of the scripts of its release. After the next release, a browser that kept "
                "the page asks for scripts that no longer exist.",
         .way_out =
             "Cache-Control: no-cache  for HTML, max-age=31536000, immutable for files with a hash in their names",
         .refs = {"S4-79"}},
        {.id = "http-methods",
         .title = "The server answers TRACE",
         .levels = always(Level::warning),
         .check = methods,
         .why = "The answer to TRACE contains the request, with the cookies and with the headers that proxies added.",
         .way_out = "TraceEnable off  (Apache httpd); refuse the method in the proxy",
         .refs = {"S1-130"}},
    };
    return rows;
}

}
