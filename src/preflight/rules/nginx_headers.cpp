#include "base/text.h"
#include "preflight/rules/groups.h"
#include "preflight/rules/nginx_look.h"
#include "read/nginx/nginx_lexer.h"
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

// What is asked of a server behind it: that one may send the header itself.
bool passes_on(const NginxFile& file, const NginxDirective& block) {
    constexpr std::string_view passing[] = {"proxy_pass", "fastcgi_pass", "uwsgi_pass", "scgi_pass", "grpc_pass"};
    return std::any_of(std::begin(passing), std::end(passing),
                       [&](std::string_view name) { return !file.all(file.index_of(block), name).empty(); });
}

// Kinds that a browser shows as no page: neither frames nor scripts of others come into them.
bool is_of_no_page(std::string_view kind) {
    constexpr std::string_view kinds[] = {"js", "mjs", "css", "json", "xml", "txt", "map", "ico", "webmanifest"};
    return std::find(std::begin(kinds), std::end(kinds), kind) != std::end(kinds);
}

// /sw.js, or all of \.(json|xml)$
bool names_no_page(std::string_view where) {
    const auto dot = where.rfind('.');
    if (dot == where.npos || dot == 0) return false;
    auto kinds = where.substr(dot + 1);
    if (kinds.ends_with('$')) kinds.remove_suffix(1);
    if (where[dot - 1] == '\\' && kinds.starts_with('(') && kinds.ends_with(')')) {
        kinds = kinds.substr(1, kinds.size() - 2);
        if (kinds.starts_with("?:")) kinds.remove_prefix(2);
    }
    const auto all = split(kinds, '|');
    return std::all_of(all.begin(), all.end(), is_of_no_page);
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
    if (names_no_page(where) || (block.argument(0) == "=" && where.find('.') != where.npos)) return true; // /install.sh
    return contains_any(where, {"css|", "|css", "js|", "|js", "png|", "|png", "woff", "/static", "/assets", "/_next/",
                                "/.well-known/"}) ||
           where == "/build/" || where == "/js/" || where == "/css/" || where == "/fonts/" || where == "/vendor/" ||
           where == "/img/";
}

// location /uploads/: browsers keep Strict-Transport-Security for the whole host, from any other of its answers.
bool is_kept_for_host(const NginxDirective& block, std::string_view header) {
    return lower(header) == "strict-transport-security" && block.name() == "location" &&
           block.argument(block.count() > 0 ? block.count() - 1 : 0) != "/";
}

Level level_of_loss(const NginxDirective& block, std::string_view header) {
    return is_kept_for_host(block, header) ? Level::warning : security(header)->lost;
}

// Where visitors' files are, nosniff is what counts: a browser may take one of them for a script.
bool weighs_more(const NginxDirective& block, std::string_view header, std::string_view than) {
    const auto level = level_of_loss(block, header), other = level_of_loss(block, than);
    const bool has_files =
        block.count() > 0 && contains_any(std::string(block.argument(block.count() - 1)), {"upload", "media"});
    return level > other || (level == other && has_files && lower(header) == "x-content-type-options");
}

// The weightiest security header of the levels around that this block's own add_header turns off.
const NginxDirective* lost_header(const NginxFile& file, const NginxDirective& block, const Directives& own) {
    const NginxDirective* worst = nullptr;
    for (const auto* outer : file.in_effect(block.parent, "add_header")) {
        const Security* kind = security(outer->argument(0));
        const bool repeated = std::any_of(own.begin(), own.end(), [&](const NginxDirective* one) {
            return lower(one->argument(0)) == lower(outer->argument(0));
        });
        if (kind && !repeated && (!worst || weighs_more(block, outer->argument(0), worst->argument(0)))) worst = outer;
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
                                                                      : level_of_loss(block, lost->argument(0)));
        if (added.level == Level::warning && is_kept_for_host(block, lost->argument(0)))
            added.message = fmt::format("{} sets add_header; {} of {} is lost there; only visitors of the host's other "
                                        "pages keep it; repeat it or use add_header_inherit merge (1.29.3)",
                                        label(file, block), lost->argument(0), from ? from->name() : "the outer level");
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
        {.id = "nginx-header-inherit",
         .title = "An add_header line in a location turns off the add_header lines outside of it",
         .levels = always(Level::warning),
         .check = header_inherit,
         .why = "A location gets the server's `add_header` lines only if it has no `add_header` line of its own. If a "
                "security header is lost, the level is error. The level is lower if the location passes requests to a "
                "server that may send the header, or if the location has only assets or other files that aren't pages. "
                "It is also lower for Strict-Transport-Security, because browsers remember this header for the host.",
         .way_out = "repeat the outer lines, put all in one included file, or add_header_inherit merge (1.29.3)",
         .peers = {"add_header_redefinition"},
         .refs = {"S2-61"}},
        {.id = "nginx-header-always",
         .title = "A security header is missing from error responses",
         .levels = always(Level::warning),
         .check = header_always,
         .why = "Without `always`, nginx adds the header only to answers with status 200, 201, 204, 206 or 30x; an "
                "error page doesn't get it.",
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
         .why = "Another site can show the page in a frame, so that visitors click on the page without knowing it.",
         .way_out = "add_header X-Frame-Options DENY always;  or Content-Security-Policy with frame-ancestors",
         .refs = {"S1-65"}},
        {.id = "nginx-csp",
         .title = "No Content-Security-Policy in the proxy",
         .levels = always(Level::info),
         .check = nginx_csp,
         .why = "The policy is the last line of defence against injected scripts. The application may send the policy "
                "instead of the proxy.",
         .way_out = "add_header Content-Security-Policy \"default-src 'self'\" always;",
         .refs = {"S1-68"}},
        {.id = "nginx-referrer",
         .title = "No Referrer-Policy",
         .levels = always(Level::info),
         .check = nginx_referrer,
         .why = "Without this header, old browsers send a page's path and query to other sites. The path and the query "
                "can contain data that these sites shouldn't see.",
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
