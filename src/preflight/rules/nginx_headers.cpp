#include "base/text.h"
#include "preflight/rules/groups.h"
#include "preflight/rules/nginx_look.h"
#include "read/nginx_lexer.h"
#include <algorithm>
#include <fmt/format.h>
#include <iterator>
#include <set>

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

void syntax(const Nginx& nginx, const Project&, Hits& hits) {
    if (nginx.read->context == read::NginxContext::other) return; // Apache's, supervisor's: nothing of nginx is in it
    for (const auto& problem : nginx.read->problems)
        hits.add(nginx.read->files[problem.file], problem.line, problem.column, problem.message);
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
        hit(hits, nginx, *one,
            fmt::format(
                "{} sets add_header; {} of {} is lost there; repeat it or use add_header_inherit merge (1.29.3)",
                label(file, block), lost->argument(0), from ? from->name() : "the outer level"),
            security(lost->argument(0))->lost);
    }
}

void header_always(const Nginx& nginx, const Project&, Hits& hits) {
    for (const auto* one : nginx.read->all("add_header"))
        if (security(one->argument(0)) && one->argument(2) != "always")
            hit(hits, nginx, *one,
                fmt::format("add_header {} has no always; pages of errors go without it; write always before the ;",
                            one->argument(0)));
}

void header_multiline(const Nginx& nginx, const Project&, Hits& hits) {
    const auto report = [&](const NginxDirective& one, std::string_view text) {
        if (text.find('\n') == text.npos) return false;
        hit(hits, nginx, one,
            fmt::format("{} has a value of several lines; HTTP/2 and some browsers refuse it; write it in one line",
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

void lacking(const Nginx& nginx, Hits& hits, const Demand& demand) {
    const NginxFile& file = *nginx.read;
    for (const auto* server : servers(file))
        if (!only_redirects(file, *server) && lacks_header(file, *server, demand.name))
            hit(hits, nginx, *server,
                fmt::format("{} sends no {}; {}; {}", label(file, *server), demand.name, demand.fact, demand.way_out));
}

void nosniff(const Nginx& nginx, const Project&, Hits& hits) {
    lacking(nginx, hits,
            {"X-Content-Type-Options", "browsers may guess types", "add_header X-Content-Type-Options nosniff always"});
}

void frame(const Nginx& nginx, const Project&, Hits& hits) {
    const NginxFile& file = *nginx.read;
    for (const auto* server : servers(file)) {
        const auto policy = header(file, *server, "Content-Security-Policy");
        if (only_redirects(file, *server) || (policy && contains_any(*policy, {"frame-ancestors", "$"}))) continue;
        if (lacks_header(file, *server, "X-Frame-Options"))
            hit(hits, nginx, *server,
                fmt::format(
                    "{} sends no X-Frame-Options; other sites can frame it; add_header X-Frame-Options DENY always",
                    label(file, *server)));
    }
}

void csp(const Nginx& nginx, const Project&, Hits& hits) {
    lacking(nginx, hits, {"Content-Security-Policy", "injected scripts would run", "send it here or from the app"});
}

void referrer(const Nginx& nginx, const Project&, Hits& hits) {
    lacking(nginx, hits, {"Referrer-Policy", "other sites may see paths", "add strict-origin-when-cross-origin"});
}

void server_tokens(const Nginx& nginx, const Project&, Hits& hits) {
    const NginxFile& file = *nginx.read;
    for (const auto* server : servers(file)) {
        const auto tokens = file.in_effect(file.index_of(*server), "server_tokens");
        const bool quiet = !tokens.empty() && tokens.back()->argument(0) != "on";
        if (quiet || has_unknown_include(file, *server)) continue;
        return hit(hits, nginx, *server,
                   "server_tokens isn't off; answers name nginx's version; write server_tokens off");
    }
}

}

std::span<const Rule> nginx_header_rules() {
    static const Rule rows[] = {
        {.id = "nginx-syntax",
         .title = "nginx would refuse the configuration",
         .levels = always(Level::error),
         .check = syntax,
         .why = "nginx starts with the whole configuration or not at all: one brace or ; keeps every site down.",
         .way_out = "nginx -t before each reload",
         .refs = {"S2-10"}},
        {.id = "nginx-header-inherit",
         .title = "An inner add_header turns off the outer ones",
         .levels = always(Level::warning),
         .check = header_inherit,
         .why = "nginx inherits add_header only where a level has none of its own: one line in a location drops all of "
                "the server's. A lost security header is an error.",
         .way_out = "repeat the outer lines, put all in one included file, or add_header_inherit merge (1.29.3)",
         .peers = {"add_header_redefinition"},
         .refs = {"S2-61"}},
        {.id = "nginx-header-always",
         .title = "A security header isn't sent with errors",
         .levels = always(Level::warning),
         .check = header_always,
         .why = "Without always nginx adds the header to 200, 204, 206 and 30x only; an error page goes without.",
         .way_out = "add_header X-Frame-Options DENY always;",
         .refs = {"S2-62"}},
        {.id = "nginx-header-multiline",
         .title = "A header's value goes over several lines",
         .levels = always(Level::warning),
         .check = header_multiline,
         .why = "Folded headers are withdrawn (RFC 9112, 5.2); HTTP/2 forbids them, and some browsers drop the answer.",
         .way_out = "write the value in one line",
         .peers = {"add_header_multiline"}},
        {.id = "nginx-nosniff",
         .title = "No X-Content-Type-Options",
         .levels = always(Level::warning),
         .check = nosniff,
         .why = "A browser that guesses types can take an uploaded text for a script.",
         .way_out = "add_header X-Content-Type-Options nosniff always;",
         .refs = {"S1-64", "S2-60"}},
        {.id = "nginx-frame",
         .title = "Other sites can frame the pages",
         .levels = always(Level::warning),
         .check = frame,
         .why = "A page in a foreign frame can be clicked on without the visitor's knowing.",
         .way_out = "add_header X-Frame-Options DENY always;  or Content-Security-Policy with frame-ancestors",
         .refs = {"S1-65"}},
        {.id = "nginx-csp",
         .title = "No Content-Security-Policy in the proxy",
         .levels = always(Level::info),
         .check = csp,
         .why = "The policy is the last line of defence against injected scripts; the application may send it as well.",
         .way_out = "add_header Content-Security-Policy \"default-src 'self'\" always;",
         .refs = {"S1-68"}},
        {.id = "nginx-referrer",
         .title = "No Referrer-Policy",
         .levels = always(Level::info),
         .check = referrer,
         .why = "Paths and queries can hold what other sites needn't see.",
         .way_out = "add_header Referrer-Policy strict-origin-when-cross-origin always;",
         .refs = {"S1-69"}},
        {.id = "nginx-server-tokens",
         .title = "Answers tell nginx's version",
         .levels = always(Level::info),
         .check = server_tokens,
         .why = "The version tells an attacker which holes to try.",
         .way_out = "server_tokens off;",
         .refs = {"S1-147"}},
    };
    return rows;
}

}
