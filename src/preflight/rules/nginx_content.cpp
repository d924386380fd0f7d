#include "base/path.h"
#include "base/text.h"
#include "base/words.h"
#include "preflight/rules/groups.h"
#include "preflight/rules/nginx_look.h"
#include "read/nginx/nginx_lexer.h"
#include <algorithm>
#include <fmt/format.h>
#include <iterator>

// Files that nginx serves by itself, and which server answers.
namespace fairlead::preflight {

namespace {

using namespace nginx;
using LocationKind = read::NginxLocation::Kind;

void alias_traversal(const Nginx& nginx, const Project&, Hits& hits) {
    const NginxFile& file = *nginx.read;
    for (const auto* location : file.all("location")) {
        const auto [kind, path] = nginx_location(*location);
        const auto* alias = file.find(file.index_of(*location), "alias");
        if (!alias || (kind != LocationKind::prefix && kind != LocationKind::prefix_first) || path.ends_with('/'))
            continue;
        if (file.find(file.index_of(*location), "internal")) continue; // no client asks for it
        const auto target = alias->argument(0);
        const std::string shown = read::nginx_shown(path);
        if (target.ends_with('/'))
            hit(hits, nginx, *alias,
                fmt::format("location {} has no / at its end; {}../x leads out of {}; write {}/", shown, shown,
                            read::nginx_shown(target), shown));
        else if (target.find('.', target.rfind('/') + 1) == target.npos) // of a file nothing begins alike
            hit(hits, nginx, *alias,
                fmt::format("location {} has no / at its end; {}-x is served from {}-x; write / at the end of both",
                            shown, shown, read::nginx_shown(target)),
                Level::warning);
    }
}

void autoindex(const Nginx& nginx, const Project&, Hits& hits) {
    for (const auto* one : nginx.read->all("autoindex"))
        if (lower(one->argument(0)) == "on")
            hit(hits, nginx, *one,
                "autoindex is on; visitors see every file's name; remove it or limit it to one location");
}

bool denies_dotfiles(const NginxFile& file, const NginxDirective& server) {
    for (const auto* location : within(file, server, "location")) {
        const std::string path = nginx_location(*location).path;
        const bool for_dots = path.find("\\.") != path.npos && !path.ends_with("$");
        const std::size_t index = file.index_of(*location);
        if ((for_dots || contains_any(path, {"/\\.", ".git"})) &&
            (file.find(index, "deny") || file.find(index, "return")))
            return true;
    }
    return false;
}

// Where people check out or copy all of a repository; what was built holds no .git.
bool holds_repository(std::string_view root) {
    constexpr std::string_view homes[] = {"/app",       "/code",     "/src",  "/usr/src/",
                                          "/workspace", "/var/www/", "/srv/", "/home/"};
    constexpr std::string_view built[] = {"html", "dist",    "build", "public", "static", "assets",  "out",
                                          "www",  "browser", "web",   "files",  "media",  "certbot", "errors"};
    while (root.ends_with('/')) root.remove_suffix(1);
    const auto last = root.substr(root.rfind('/') + 1);
    const bool home = std::any_of(std::begin(homes), std::end(homes), [&](std::string_view one) {
        return one.ends_with('/') ? root.starts_with(one) : root == one;
    });
    return home && root.find('$') == root.npos &&
           std::find(std::begin(built), std::end(built), last) == std::end(built);
}

void dotfiles(const Nginx& nginx, const Project&, Hits& hits) {
    const NginxFile& file = *nginx.read;
    for (const auto* server : servers(file)) {
        const auto* root = file.find(file.index_of(*server), "root");
        if (!root || !holds_repository(root->argument(0)) || denies_dotfiles(file, *server) ||
            has_unknown_include(file, *server))
            continue;
        hit(hits, nginx, *root,
            fmt::format("root {} may hold .git and .env; visitors can read them; add location ~ /\\. {{ deny all; }}",
                        read::nginx_shown(root->argument(0))));
    }
}

// Laravel's and Symfony's own folder, where public/ is meant: composer.json, logs and the database file lie there.
void root_of_project(const Nginx& nginx, const Project& project, Hits& hits) {
    const NginxFile& file = *nginx.read;
    const auto has_public = [&](std::string_view manifest) {
        return std::any_of(project.paths.begin(), project.paths.end(), [&](const std::string& path) {
            const auto folder = path.substr(0, path.size() - file_name(path).size());
            return file_name(path) == manifest && project.has(folder + "public/index.php");
        });
    };
    if (!has_public("artisan") && !has_public("symfony.lock")) return;
    for (const auto* server : servers(file)) {
        const auto* const root = file.find(file.index_of(*server), "root");
        auto path = root == nullptr ? std::string_view() : root->argument(0);
        while (path.ends_with('/')) path.remove_suffix(1);
        if (path.empty() || path.ends_with("public") || path.find('$') != path.npos ||
            within(file, *server, "fastcgi_pass").empty() ||
            !is_one_of(path, {"/var/www", "/var/www/html", "/app", "/srv/app", "/var/www/app", "/var/www/html/app"}))
            continue;
        hit(hits, nginx, *root,
            fmt::format("root {} is the whole project; visitors can read composer.json{}; write {}/public",
                        read::nginx_shown(path), denies_dotfiles(file, *server) ? " and logs" : ", logs and .env",
                        read::nginx_shown(path)));
    }
}

void user_of_workers(const Nginx& nginx, const Project&, Hits& hits) {
    for (const auto* one : nginx.read->all("user"))
        if (one->context == read::NginxContext::main && one->argument(0) == "root")
            hit(hits, nginx, *one,
                "nginx's workers run as root; a hole in nginx opens the whole machine; write user nginx, or www-data");
}

// /\.git, \.php$, /(images|css)/: signs of an expression, where nginx compares letter by letter.
bool is_pattern(std::string_view path) {
    const auto bar = path.find('|');
    const bool lists = path.find('(') < bar && bar != path.npos && path.find(')', bar) != path.npos;
    return lists || path.find("\\.") != path.npos || path.find(".*") != path.npos || path.find("[^") != path.npos ||
           path.ends_with('$');
}

void location_pattern(const Nginx& nginx, const Project&, Hits& hits) {
    const NginxFile& file = *nginx.read;
    for (const auto* location : file.all("location")) {
        const auto [kind, path] = nginx_location(*location);
        if (kind == LocationKind::regex || kind == LocationKind::named || !is_pattern(path)) continue;
        const std::size_t index = file.index_of(*location);
        const bool refuses = file.find(index, "deny") != nullptr || file.find(index, "return") != nullptr;
        hit(hits, nginx, *location,
            fmt::format("{} holds an expression without ~, and is compared letter by letter; no request matches it{}; "
                        "write location ~ before it",
                        label(file, *location), refuses ? ", so nothing is refused" : ""),
            refuses ? std::optional<Level>() : Level::warning);
    }
}

void static_cache(const Nginx& nginx, const Project&, Hits& hits) {
    const NginxFile& file = *nginx.read;
    for (const auto* location : file.all("location")) {
        const auto [kind, path] = nginx_location(*location);
        const bool files = kind == LocationKind::regex ? contains_any(path, {"css", "png", "woff"})
                                                       : contains_any(path, {"/static", "/assets"});
        const std::size_t index = file.index_of(*location);
        if (!files || file.find(index, "proxy_pass") || file.find(index, "deny") || file.find(index, "return"))
            continue;
        if (header(file, *location, "Cache-Control") || !lacks(file, *location, "expires")) continue;
        hit(hits, nginx, *location,
            fmt::format("{} has neither expires nor Cache-Control; each visit loads it again; add expires 30d",
                        label(file, *location)));
    }
}

void if_evil(const Nginx& nginx, const Project&, Hits& hits) {
    const NginxFile& file = *nginx.read;
    constexpr std::string_view safe[] = {"return", "rewrite", "set", "break"};
    for (const auto* one : file.all("if")) {
        if (one->context != read::NginxContext::location) continue;
        for (const std::size_t index : one->children) {
            const NginxDirective& inner = file.directives[index];
            if (std::find(std::begin(safe), std::end(safe), inner.name()) != std::end(safe)) continue;
            hit(hits, nginx, *one,
                fmt::format("if in a location contains {}; only return, rewrite and set work reliably there; use map "
                            "or a location",
                            read::nginx_shown(inner.name())));
            break;
        }
    }
}

void default_server(const Nginx& nginx, const Project&, Hits& hits) {
    const NginxFile& file = *nginx.read;
    const auto all = servers(file);
    if (all.empty()) return;
    for (const auto* server : all) {
        const auto listens = file.all(file.index_of(*server), "listen");
        const auto* name = file.find(file.index_of(*server), "server_name");
        const bool by_default = std::any_of(listens.begin(), listens.end(), [](const NginxDirective* one) {
            return read::nginx_listen(*one).by_default;
        });
        if (by_default || !name || name->has("_") || name->has("")) return;
    }
    hit(hits, nginx, *all.front(),
        fmt::format(
            "{} answers for every unknown name; forged Host headers reach the app; add listen 80 default_server "
            "with return 444",
            label(file, *all.front())));
}

}

std::span<const Rule> nginx_content_rules() {
    static const Rule rows[] = {
        {.id = "nginx-alias-traversal",
         .title = "A location with alias gives access to the folder above",
         .levels = always(Level::error),
         .check = alias_traversal,
         .why = "nginx appends the text after `/files` to the alias: `/files../secret` becomes a file in the folder "
                "above.",
         .way_out = "location /files/ { alias /srv/files/; }",
         .peers = {"alias_traversal"}},
        {.id = "nginx-autoindex",
         .title = "Folders are listed",
         .levels = always(Level::warning),
         .check = autoindex,
         .why = "A listing shows files that were never linked: backups, drafts, keys.",
         .way_out = "autoindex off;",
         .refs = {"S1-147"}},
        {.id = "nginx-root-project",
         .title = "The whole project is served",
         .levels = deployed(Level::error),
         .check = root_of_project,
         .why = "Laravel and Symfony keep public files in `public/`. Only the program needs the files outside of this "
                "folder.",
         .way_out = "root /var/www/html/public;"},
        {.id = "nginx-user-root",
         .title = "nginx's workers run as root",
         .levels = deployed(Level::error),
         .check = user_of_workers,
         .why = "The workers read every request; only the master needs root, to open ports below 1024.",
         .way_out = "user nginx;"},
        {.id = "nginx-dotfiles",
         .title = "Hidden files below root can be read",
         .levels = always(Level::warning),
         .check = dotfiles,
         .why = "Scanners ask for `/.git/config` and `/.env` first.",
         .way_out = "location ~ /\\.(?!well-known) { deny all; }",
         .refs = {"S1-147"}},
        {.id = "nginx-location-pattern",
         .title = "A location's expression is compared letter by letter",
         .levels = always(Level::error),
         .check = location_pattern,
         .why = "Without `~`, nginx takes the expression as the beginning of a path. A location that should keep "
                "visitors away from .git then keeps nobody away.",
         .way_out = "location ~ /\\.git { deny all; }"},
        {.id = "nginx-static-cache",
         .title = "Static files aren't cached",
         .levels = always(Level::info),
         .check = static_cache,
         .why = "Files with a hash in their name never change. If browsers ask for them at each visit, that costs time "
                "without need.",
         .way_out = "expires 30d; add_header Cache-Control \"public, immutable\";",
         .refs = {"S1-88", "S4-79"}},
        {.id = "nginx-if-evil",
         .title = "An if block in a location contains a directive that isn't made for if",
         .levels = always(Level::info),
         .check = if_evil,
         .why = "`if` belongs to the rewrite module. Directives of other modules work in unexpected ways inside an "
                "`if` block.",
         .way_out = "map, or a separate location"},
        {.id = "nginx-default-server",
         .title = "No server catches unknown names",
         .levels = always(Level::info),
         .check = default_server,
         .why = "Without a default server, the first server answers for every name, even for a name that an attacker "
                "made up.",
         .way_out = "server { listen 80 default_server; return 444; }"},
    };
    return rows;
}

}
