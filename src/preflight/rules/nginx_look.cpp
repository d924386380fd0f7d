#include "preflight/rules/nginx_look.h"
#include "base/text.h"
#include "read/nginx/nginx_lexer.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::preflight::nginx {

namespace {

bool is_redirect(const NginxDirective& directive) { // return 301 ..., return https://..., return 444
    if (directive.name() == "return") {
        const auto code = directive.argument(0);
        return !code.starts_with('2') || code.size() != 3;
    }
    return directive.name() == "rewrite" &&
           (directive.has("permanent") || directive.has("redirect") || directive.argument(1).starts_with("http"));
}

bool is_acme(const NginxDirective& location) {
    return contains_any(nginx_location(location).path, {".well-known", "acme"});
}

// Asked by a balancer or Docker, from within: `location = /health`.
bool is_probe(const NginxDirective& location) {
    const auto where = nginx_location(location);
    return where.kind == read::NginxLocation::Kind::exact &&
           contains_any(where.path, {"health", "ping", "ready", "live", "status"});
}

bool serves(const NginxFile& file, std::size_t block) {
    for (const std::string_view name :
         {"proxy_pass", "fastcgi_pass", "uwsgi_pass", "grpc_pass", "root", "alias", "try_files", "index"})
        if (file.find(block, name)) return true;
    return false;
}

// ssl_params, mime.types and such, that set neither headers nor what is passed on.
bool is_harmless(std::string_view include) {
    return contains_any(include, {"mime.types", "modules", "/conf.d/", "sites-", "fastcgi", "uwsgi_params",
                                  "scgi_params", "options-ssl-nginx", "letsencrypt"});
}

}

Hit& hit(Hits& hits, const Nginx& nginx, const NginxDirective& directive, std::string message,
         std::optional<Level> level) {
    const auto& first = directive.words.front();
    auto& added = hits.add(nginx.read->files[directive.file], first.line, first.column, std::move(message));
    added.level = level;
    return added;
}

std::string label(const NginxFile& file, const NginxDirective& block) {
    std::string_view what = block.argument(block.count() > 1 ? 1 : 0);
    if (block.name() == "server") {
        const auto* name = file.find(file.index_of(block), "server_name");
        const auto* listen = file.find(file.index_of(block), "listen");
        what = name ? name->argument(0) : listen ? listen->argument(0) : "";
    }
    if (block.name() == "if") what = "";
    return what.empty() ? block.name() : fmt::format("{} {}", block.name(), read::nginx_shown(what));
}

Directives servers(const NginxFile& file) {
    Directives found = file.all("server");
    std::erase_if(found,
                  [](const NginxDirective* one) { return !one->block || one->context != read::NginxContext::http; });
    return found;
}

Directives within(const NginxFile& file, const NginxDirective& block, std::string_view name) {
    Directives found;
    std::vector<std::size_t> left(block.children.rbegin(), block.children.rend());
    while (!left.empty()) {
        const NginxDirective& one = file.directives[left.back()];
        left.pop_back();
        if (one.name() == name) found.push_back(&one);
        left.insert(left.end(), one.children.rbegin(), one.children.rend());
    }
    return found;
}

bool listens_with_tls(const NginxFile& file, const NginxDirective& server) {
    const auto listens = file.all(file.index_of(server), "listen");
    const auto* ssl = file.find(file.index_of(server), "ssl"); // until 1.25
    return (ssl && ssl->argument(0) == "on") ||
           std::any_of(listens.begin(), listens.end(),
                       [](const NginxDirective* one) { return read::nginx_listen(*one).tls; });
}

bool has_deployed_nginx(const Project& project) {
    return std::any_of(project.nginxes.begin(), project.nginxes.end(),
                       [](const Nginx& nginx) { return nginx.profile != Profile::development; });
}

bool any_tls(const Project& project) {
    return std::any_of(project.nginxes.begin(), project.nginxes.end(), [](const Nginx& nginx) {
        if (nginx.profile == Profile::development) return false; // an example speaks for nobody
        const auto all = servers(*nginx.read);
        return std::any_of(all.begin(), all.end(),
                           [&](const NginxDirective* server) { return listens_with_tls(*nginx.read, *server); });
    });
}

bool only_redirects(const NginxFile& file, const NginxDirective& server) {
    const auto redirects = [&](std::size_t block) {
        const auto& children = file.directives[block].children;
        return std::any_of(children.begin(), children.end(),
                           [&](std::size_t index) { return is_redirect(file.directives[index]); });
    };
    const std::size_t index = file.index_of(server);
    if (redirects(index)) return true;
    const auto locations = file.all(index, "location");
    for (const auto* location : locations)
        if (!is_acme(*location) && !is_probe(*location) && !redirects(file.index_of(*location))) return false;
    const bool any = std::any_of(locations.begin(), locations.end(),
                                 [&](const NginxDirective* one) { return redirects(file.index_of(*one)); });
    return any || !serves(file, index);
}

std::optional<std::string> header(const NginxFile& file, const NginxDirective& block, std::string_view name) {
    const std::string wanted = lower(name);
    for (const auto* one : file.in_effect(file.index_of(block), "add_header"))
        if (lower(one->argument(0)) == wanted) return std::string(one->argument(1));
    for (std::string_view way : {"more_set_headers", "header_filter_by_lua_block"})
        for (const auto* one : file.in_effect(file.index_of(block), way)) {
            if (lower(one->body).find(wanted) != std::string::npos) return "";
            for (std::size_t at = 0; at < one->count(); ++at)
                if (lower(one->argument(at)).starts_with(wanted + ":"))
                    return std::string(trim(one->argument(at).substr(wanted.size() + 1)));
        }
    return std::nullopt;
}

bool has_unknown_include(const NginxFile& file, const NginxDirective& block) {
    for (const NginxDirective* at = &block; at; at = file.parent_of(*at))
        for (const auto* include : file.all(file.index_of(*at), "include"))
            if (!include->found && !is_harmless(include->argument(0))) return true;
    return false;
}

bool lacks_header(const NginxFile& file, const NginxDirective& server, std::string_view name) {
    if (header(file, server, name) || has_unknown_include(file, server)) return false;
    const auto locations = within(file, server, "location");
    return locations.empty() || !std::all_of(locations.begin(), locations.end(), [&](const NginxDirective* one) {
               return header(file, *one, name) || !serves(file, file.index_of(*one)) || has_unknown_include(file, *one);
           });
}

bool lacks(const NginxFile& file, const NginxDirective& block, std::string_view directive) {
    return file.in_effect(file.index_of(block), directive).empty() && !has_unknown_include(file, block);
}

bool contains_any(std::string_view text, std::initializer_list<std::string_view> words) {
    return has_any(lower(text), words);
}

bool is_api(const NginxDirective& location) {
    return contains_any(nginx_location(location).path, {"/api", "/auth", "/login", "/graphql"});
}

}
