#include "preflight/rules/groups.h"
#include "preflight/rules/site_look.h"
#include "read/served/headers.h"

namespace fairlead::preflight {

namespace {

using read::served::MaybeFault;

void http_hsts(const Site& site, const Project& project, Hits& hits) {
    const auto least = std::chrono::duration_cast<std::chrono::seconds>(project.settings.hsts_min);
    judge_pages(site, hits, [&](const Page& page) { return read::served::hsts_fault(page.answer, page.label, least); });
}

template <MaybeFault (*fault)(const Answer& answer, std::string_view label)>
void on_pages(const Site& site, const Project&, Hits& hits) {
    judge_pages(site, hits, [](const Page& page) { return fault(page.answer, page.label); });
}

}

std::span<const Rule> http_header_rules() {
    static const Rule rows[] = {
        {.id = "http-hsts",
         .title = "No Strict-Transport-Security",
         .levels = deployed(Level::error),
         .check = http_hsts,
         .why = "Without this header, a visitor's first request uses http, and anyone on the network path can answer "
                "it. If max-age is short, the level is warning.",
         .way_out = "Strict-Transport-Security: max-age=31536000; includeSubDomains",
         .peers = {"securityheaders.com", "Observatory"},
         .refs = {"S1-67", "S2-108"}},
        {.id = "http-nosniff",
         .title = "X-Content-Type-Options isn't nosniff",
         .levels = always(Level::error),
         .check = on_pages<read::served::nosniff_fault>,
         .why = "A browser that guesses types can run an uploaded text as a script.",
         .way_out = "X-Content-Type-Options: nosniff",
         .peers = {"OWASP secure headers"},
         .refs = {"S1-64"}},
        {.id = "http-frame",
         .title = "Other sites can frame the page",
         .levels = always(Level::warning),
         .check = on_pages<read::served::frame_fault>,
         .why = "Another site can show the page in a frame, so that visitors click on the page without knowing it.",
         .way_out = "X-Frame-Options: DENY  or  Content-Security-Policy: frame-ancestors 'none'",
         .peers = {"OWASP secure headers"},
         .refs = {"S1-65"}},
        {.id = "http-csp",
         .title = "No Content-Security-Policy",
         .levels = always(Level::warning),
         .check = on_pages<read::served::csp_fault>,
         .why = "The policy is the last line of defence against injected scripts. A policy doesn't count if it only "
                "reports, if it is empty, or if browsers know none of its directives.",
         .way_out = "Content-Security-Policy: default-src 'self'; base-uri 'none'; frame-ancestors 'none'",
         .peers = {"OWASP secure headers"},
         .refs = {"S1-68", "S1-163"}},
        {.id = "http-csp-unsafe",
         .title = "The Content-Security-Policy lets injected scripts run",
         .levels = always(Level::warning),
         .check = on_pages<read::served::csp_unsafe_fault>,
         .why =
             "The sources `'unsafe-inline'` (without nonce or hash), `'unsafe-eval'`, `*`, `http:` and `data:` allow "
             "the scripts that the policy should stop. If there are several policies, the strictest policy counts.",
         .way_out = "script-src 'self' 'nonce-...'; object-src 'none'; base-uri 'none'",
         .peers = {"CSP Evaluator"},
         .refs = {"S1-68"}},
        {.id = "http-referrer",
         .title = "Referrer-Policy is missing, or its value is unsafe-url",
         .levels = always(Level::warning),
         .check = on_pages<read::served::referrer_fault>,
         .why = "Browsers send the page's address to other sites, and the address's path and query can contain data "
                "that these sites shouldn't see. If the header has several values, browsers use the last value that "
                "they know.",
         .way_out = "Referrer-Policy: strict-origin-when-cross-origin",
         .peers = {"OWASP secure headers"},
         .refs = {"S1-69"}},
        {.id = "http-permissions",
         .title = "No Permissions-Policy",
         .levels = always(Level::info),
         .check = on_pages<read::served::permissions_fault>,
         .why = "A frame in the page should not be able to ask for a feature that the page doesn't use, such as the "
                "camera.",
         .way_out = "Permissions-Policy: camera=(), microphone=(), geolocation=()",
         .peers = {"OWASP secure headers"},
         .refs = {"S1-70"}},
        {.id = "http-xss-protection",
         .title = "X-XSS-Protection turns an old filter on",
         .levels = always(Level::info),
         .check = on_pages<read::served::xss_protection_fault>,
         .why = "Browsers have removed the filter, because it could be made to remove a page's own scripts.",
         .way_out = "X-XSS-Protection: 0",
         .peers = {"OWASP secure headers"},
         .refs = {"S1-66"}},
        {.id = "http-coop",
         .title = "No Cross-Origin-Opener-Policy",
         .levels = by_request,
         .check = on_pages<read::served::coop_fault>,
         .why = "If another site opened the page in a window, that site keeps a reference to the window.",
         .way_out = "Cross-Origin-Opener-Policy: same-origin",
         .peers = {"OWASP secure headers"}},
        {.id = "http-corp",
         .title = "No Cross-Origin-Resource-Policy",
         .levels = by_request,
         .check = on_pages<read::served::corp_fault>,
         .why = "Without this header, any site can load the answer into the browser process of its own page.",
         .way_out = "Cross-Origin-Resource-Policy: same-origin",
         .peers = {"OWASP secure headers"}},
        {.id = "http-coep",
         .title = "No Cross-Origin-Embedder-Policy",
         .levels = by_request,
         .check = on_pages<read::served::coep_fault>,
         .why = "Only an isolated page is protected from attacks that read its memory through the processor's side "
                "channels.",
         .way_out = "Cross-Origin-Embedder-Policy: require-corp",
         .peers = {"OWASP secure headers"}},
        {.id = "http-server-banner",
         .title = "Answers show a version",
         .levels = always(Level::info),
         .check = on_pages<read::served::banner_fault>,
         .why = "The version shows an attacker which holes to try.",
         .way_out = "server_tokens off; proxy_hide_header X-Powered-By;",
         .peers = {"OWASP secure headers"},
         .refs = {"S1-147"}},
    };
    return rows;
}

}
