#include "base/text.h"
#include "preflight/rules/groups.h"
#include "preflight/rules/site_look.h"
#include <algorithm>
#include <fmt/format.h>
#include <map>

namespace fairlead::preflight {

namespace {

using HeaderWords = std::vector<std::string>;
using Maybe = std::optional<Fault>;

// ---- Strict-Transport-Security (RFC 6797)

Maybe hsts_of(const Page& page, std::int64_t least) {
    const auto sent = page.answer.values("Strict-Transport-Security"); // of several the first counts (8.1)
    if (!is_https(page.answer)) {
        if (sent.empty()) return {};
        return Fault{
            fmt::format(
                "{} sends Strict-Transport-Security over http; browsers ignore it there; send it only with https",
                page.label),
            Level::info};
    }
    if (sent.empty())
        return Fault{fmt::format("{} sends no Strict-Transport-Security; the first visit can be hijacked; send "
                                 "max-age=31536000",
                                 page.label)};
    const auto age = max_age(sent.front());
    if (!age || *age == 0)
        return Fault{fmt::format("{} sends Strict-Transport-Security {}; browsers {}; send max-age=31536000",
                                 page.label, age ? "max-age=0" : "without max-age", age ? "forget it" : "ignore it")};
    if (*age < least)
        return Fault{fmt::format("Strict-Transport-Security of {} has max-age={}; at least {} is required; raise it",
                                 page.label, *age, least),
                     Level::warning};
    if (lower(sent.front()).find("includesubdomains") == std::string::npos)
        return Fault{
            fmt::format("Strict-Transport-Security of {} lacks includeSubDomains; its subdomains stay open; add it",
                        page.label),
            Level::info};
    return {};
}

void http_hsts(const Site& site, const Project& project, Hits& hits) {
    const auto least = std::chrono::duration_cast<std::chrono::seconds>(project.settings.hsts_min).count();
    judge_pages(site, hits, [&](const Page& page) { return hsts_of(page, least); });
}

// ---- one value

void http_nosniff(const Site& site, const Project&, Hits& hits) {
    judge_pages(site, hits, [](const Page& page) -> Maybe {
        const auto sent = page.answer.values("X-Content-Type-Options");
        if (sent.empty())
            return Fault{fmt::format("X-Content-Type-Options is missing at {}; browsers may guess types; send nosniff",
                                     page.label)};
        const bool exact =
            std::all_of(sent.begin(), sent.end(), [](const std::string& one) { return lower(one) == "nosniff"; });
        if (exact) return {};
        return Fault{fmt::format(
            "X-Content-Type-Options of {} is not exactly nosniff; browsers ignore it; send nosniff", page.label)};
    });
}

bool has_directive(const Answer& answer, std::string_view name);

void http_frame(const Site& site, const Project&, Hits& hits) {
    judge_pages(site, hits, [](const Page& page) -> Maybe {
        if (has_directive(page.answer, "frame-ancestors")) return {};
        const auto sent = upper(page.answer.value("X-Frame-Options"));
        if (sent == "DENY" || sent == "SAMEORIGIN") return {};
        if (sent.starts_with("ALLOW-FROM"))
            return Fault{
                fmt::format("X-Frame-Options of {} is ALLOW-FROM; browsers ignore that; send frame-ancestors in "
                            "Content-Security-Policy",
                            page.label)};
        return Fault{fmt::format(
            "{} sends no X-Frame-Options and no frame-ancestors; other sites can frame it; send DENY", page.label)};
    });
}

void http_referrer(const Site& site, const Project&, Hits& hits) {
    judge_pages(site, hits, [](const Page& page) -> Maybe {
        const auto sent = page.answer.values("Referrer-Policy");
        if (sent.empty())
            return Fault{fmt::format("{} sends no Referrer-Policy; other sites may see paths; send "
                                     "strict-origin-when-cross-origin",
                                     page.label)};
        const auto last = split(sent.back(), ','); // of several the last one that is known counts
        if (lower(trim(std::string_view(last.back()))) != "unsafe-url") return {};
        return Fault{fmt::format("Referrer-Policy of {} is unsafe-url; every site sees paths and queries; send "
                                 "strict-origin-when-cross-origin",
                                 page.label)};
    });
}

void xss_protection(const Site& site, const Project&, Hits& hits) {
    judge_pages(site, hits, [](const Page& page) -> Maybe {
        if (!page.answer.value("X-XSS-Protection").starts_with('1')) return {};
        return Fault{
            fmt::format("X-XSS-Protection of {} is 1; old browsers' filter can be turned against the page; send "
                        "0 or nothing",
                        page.label)};
    });
}

void banner(const Site& site, const Project&, Hits& hits) {
    judge_pages(site, hits, [](const Page& page) -> Maybe {
        for (const auto* name : {"Server", "X-Powered-By"}) {
            const auto sent = page.answer.value(name);
            const auto digit = sent.find_first_of("0123456789");
            if (digit == sent.npos || digit == 0 ||
                std::string_view("/ v").find(sent[digit - 1]) == std::string_view::npos)
                continue;
            return Fault{
                fmt::format("{} of {} is {}; the version shows which holes to try; send only the name, or nothing",
                            name, page.label, shown_word(sent))};
        }
        return {};
    });
}

void lacking(const Site& site, Hits& hits, std::string_view header, std::string_view fact, std::string_view way_out) {
    judge_pages(site, hits, [&](const Page& page) -> Maybe {
        if (!page.answer.values(header).empty()) return {};
        return Fault{fmt::format("{} sends no {}; {}; {}", page.label, header, fact, way_out)};
    });
}

void http_csp(const Site& site, const Project&, Hits& hits) {
    lacking(site, hits, "Content-Security-Policy", "injected scripts would run", "send default-src 'self'");
}
void permissions(const Site& site, const Project&, Hits& hits) {
    lacking(site, hits, "Permissions-Policy", "frames may ask for the camera", "send camera=(), microphone=()");
}
void coop(const Site& site, const Project&, Hits& hits) {
    lacking(site, hits, "Cross-Origin-Opener-Policy", "other windows keep access to it", "send same-origin");
}
void corp(const Site& site, const Project&, Hits& hits) {
    lacking(site, hits, "Cross-Origin-Resource-Policy", "any site can load it", "send same-origin");
}
void coep(const Site& site, const Project&, Hits& hits) {
    lacking(site, hits, "Cross-Origin-Embedder-Policy", "the page isn't isolated", "send require-corp");
}

// ---- Content-Security-Policy (Level 3)

using Policy = std::map<std::string, HeaderWords>; // by directive, in lower case; of two the first counts

// All hold together; one header may bring several.
std::vector<Policy> policies(const Answer& answer) {
    std::vector<Policy> all;
    for (const auto& header : answer.values("Content-Security-Policy"))
        for (const auto& text : split(header, ',')) {
            Policy policy;
            for (const auto& directive : split(text, ';')) {
                HeaderWords words;
                for (const auto& word : split(trim(std::string_view(directive)), ' '))
                    if (!word.empty()) words.push_back(lower(word));
                if (words.empty()) continue;
                const auto name = words.front();
                words.erase(words.begin());
                policy.emplace(name, std::move(words));
            }
            if (!policy.empty()) all.push_back(std::move(policy));
        }
    return all;
}

bool has_directive(const Answer& answer, std::string_view name) {
    const auto all = policies(answer);
    return std::any_of(all.begin(), all.end(),
                       [&](const Policy& policy) { return policy.contains(std::string(name)); });
}

bool holds(const HeaderWords& words, std::string_view word) {
    return std::find(words.begin(), words.end(), word) != words.end();
}

// The word by which a policy lets foreign scripts run; empty: none.
std::string unsafe_word(const Policy& policy) {
    auto found = policy.find("script-src");
    if (found == policy.end()) found = policy.find("default-src");
    if (found == policy.end()) return "no script-src";
    const HeaderWords& sources = found->second;
    const bool strict = holds(sources, "'strict-dynamic'"); // hosts and schemes are ignored then
    const bool named = strict || std::any_of(sources.begin(), sources.end(), [](const std::string& source) {
                           return source.starts_with("'nonce-") || source.starts_with("'sha");
                       });
    if (holds(sources, "'unsafe-inline'") && !named) return "'unsafe-inline'";
    if (holds(sources, "'unsafe-eval'")) return "'unsafe-eval'";
    if (!strict)
        for (const auto* open : {"*", "http:", "data:"})
            if (holds(sources, open)) return open;
    return {};
}

std::string missing_word(const Policy& policy) {
    if (!policy.contains("object-src") && !policy.contains("default-src")) return "object-src";
    return policy.contains("base-uri") ? "" : "base-uri";
}

void csp_unsafe(const Site& site, const Project&, Hits& hits) {
    judge_pages(site, hits, [](const Page& page) -> Maybe {
        std::string unsafe, missing;
        for (const Policy& policy : policies(page.answer)) { // the strictest decides
            const auto word = unsafe_word(policy);
            if (word.empty()) {
                unsafe.clear();
                missing = missing_word(policy);
                break;
            }
            unsafe = word;
        }
        if (!unsafe.empty())
            return Fault{fmt::format(
                "Content-Security-Policy of {} has {} for scripts; injected scripts run; name hosts, or use nonces",
                page.label, unsafe)};
        if (missing.empty()) return {};
        return Fault{fmt::format("Content-Security-Policy of {} lacks {}; it is a way around script-src; add {} 'none'",
                                 page.label, missing, missing),
                     Level::info};
    });
}

}

std::span<const Rule> http_header_rules() {
    static const Rule rows[] = {
        {.id = "http-hsts",
         .title = "No Strict-Transport-Security",
         .levels = deployed(Level::error),
         .check = http_hsts,
         .why = "Without it, a visitor's first request uses http, where anyone on the network path can answer. A short "
                "max-age is a warning.",
         .way_out = "Strict-Transport-Security: max-age=31536000; includeSubDomains",
         .peers = {"securityheaders.com", "Observatory"},
         .refs = {"S1-67", "S2-108"}},
        {.id = "http-nosniff",
         .title = "X-Content-Type-Options isn't nosniff",
         .levels = always(Level::error),
         .check = http_nosniff,
         .why = "A browser that guesses types can run an uploaded text as a script.",
         .way_out = "X-Content-Type-Options: nosniff",
         .peers = {"OWASP secure headers"},
         .refs = {"S1-64"}},
        {.id = "http-frame",
         .title = "Other sites can frame the page",
         .levels = always(Level::warning),
         .check = http_frame,
         .why = "Visitors can click on a page in another site's frame without knowing it.",
         .way_out = "X-Frame-Options: DENY  or  Content-Security-Policy: frame-ancestors 'none'",
         .peers = {"OWASP secure headers"},
         .refs = {"S1-65"}},
        {.id = "http-csp",
         .title = "No Content-Security-Policy",
         .levels = always(Level::warning),
         .check = http_csp,
         .why = "The policy is the last line of defence against injected scripts. A policy that only reports doesn't "
                "count.",
         .way_out = "Content-Security-Policy: default-src 'self'; base-uri 'none'; frame-ancestors 'none'",
         .peers = {"OWASP secure headers"},
         .refs = {"S1-68", "S1-163"}},
        {.id = "http-csp-unsafe",
         .title = "The Content-Security-Policy lets injected scripts run",
         .levels = always(Level::warning),
         .check = csp_unsafe,
         .why = "'unsafe-inline' without nonce or hash, 'unsafe-eval', *, http: and data: allow the scripts that the "
                "policy should stop. If there are several policies, the strictest policy counts.",
         .way_out = "script-src 'self' 'nonce-...'; object-src 'none'; base-uri 'none'",
         .peers = {"CSP Evaluator"},
         .refs = {"S1-68"}},
        {.id = "http-referrer",
         .title = "Referrer-Policy is missing or unsafe-url",
         .levels = always(Level::warning),
         .check = http_referrer,
         .why = "Paths and queries can contain data that other sites shouldn't see.",
         .way_out = "Referrer-Policy: strict-origin-when-cross-origin",
         .peers = {"OWASP secure headers"},
         .refs = {"S1-69"}},
        {.id = "http-permissions",
         .title = "No Permissions-Policy",
         .levels = always(Level::info),
         .check = permissions,
         .why = "No frame in the page should be able to ask for a feature that the page doesn't use.",
         .way_out = "Permissions-Policy: camera=(), microphone=(), geolocation=()",
         .peers = {"OWASP secure headers"},
         .refs = {"S1-70"}},
        {.id = "http-xss-protection",
         .title = "X-XSS-Protection turns an old filter on",
         .levels = always(Level::info),
         .check = xss_protection,
         .why = "Browsers have removed the filter, because it could be made to remove a page's own scripts.",
         .way_out = "X-XSS-Protection: 0",
         .peers = {"OWASP secure headers"},
         .refs = {"S1-66"}},
        {.id = "http-coop",
         .title = "No Cross-Origin-Opener-Policy",
         .levels = by_request,
         .check = coop,
         .why = "A window that opened the page keeps a reference to it.",
         .way_out = "Cross-Origin-Opener-Policy: same-origin",
         .peers = {"OWASP secure headers"}},
        {.id = "http-corp",
         .title = "No Cross-Origin-Resource-Policy",
         .levels = by_request,
         .check = corp,
         .why = "Any site can load the answer into its own process.",
         .way_out = "Cross-Origin-Resource-Policy: same-origin",
         .peers = {"OWASP secure headers"}},
        {.id = "http-coep",
         .title = "No Cross-Origin-Embedder-Policy",
         .levels = by_request,
         .check = coep,
         .why = "Only an isolated page is safe from being read through the processor's side channels.",
         .way_out = "Cross-Origin-Embedder-Policy: require-corp",
         .peers = {"OWASP secure headers"}},
        {.id = "http-server-banner",
         .title = "Answers show a version",
         .levels = always(Level::info),
         .check = banner,
         .why = "The version shows an attacker which holes to try.",
         .way_out = "server_tokens off; proxy_hide_header X-Powered-By;",
         .peers = {"OWASP secure headers"},
         .refs = {"S1-147"}},
    };
    return rows;
}

}
