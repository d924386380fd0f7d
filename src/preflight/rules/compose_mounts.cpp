#include "base/path.h"
#include "base/text.h"
#include "preflight/parts/code_lines.h"
#include "preflight/parts/compose_parts.h"
#include "preflight/rules/groups.h"
#include "read/nginx/nginx.h"
#include <algorithm>
#include <fmt/format.h>

// What a mount brings into a container that it shouldn't, and what isn't there to be mounted.
namespace fairlead::preflight {

namespace compose {

bool is_file_that_nobody_makes(const Project& project, const Compose& compose, const read::ComposeVolume& volume) {
    constexpr std::string_view ends[] = {".conf", ".cnf", ".ini", ".toml", ".yml", ".yaml", ".xml", ".sql", ".sh"};
    const auto name = file_name(volume.source);
    const auto end = extension_of(volume.source);
    if (end.empty() || std::find(std::begin(ends), std::end(ends), end) == std::end(ends) ||
        extension_of(volume.target) != end || volume.source.find('$') != std::string::npos ||
        project.has(".gitmodules"))
        return false;
    const auto folder = folder_of(volume.source);
    const auto names = [&](std::string_view word, char joint) {
        return some_file_names(project, word, joint, [&](const std::string& by) {
            return std::find(compose.files.begin(), compose.files.end(), by) == compose.files.end();
        });
    };
    return !names(name, '-') && (folder.empty() || project.is_there(folder) || !names(file_name(folder), '-'));
}

}

namespace {

using namespace compose;

// The compose file itself lies in what nginx or httpd hands to everybody, and so do .git and .env.
void repository_served(const Compose& compose, const Project& project, Hits& hits) {
    constexpr std::string_view servers[] = {"nginx", "nginx-unprivileged", "httpd", "openresty"};
    constexpr std::string_view roots[] = {"/usr/share/nginx/html", "/usr/local/apache2/htdocs",
                                          "/usr/local/openresty/nginx/html"};
    const auto is_root = [&](std::string_view target) {
        while (target.ends_with('/')) target.remove_suffix(1);
        return std::find(std::begin(roots), std::end(roots), target) != std::end(roots);
    };
    // Its configuration is here, and has a root of its own.
    const auto serves_elsewhere = [&](const ComposeService& service) {
        return std::any_of(project.nginxes.begin(), project.nginxes.end(), [&](const Nginx& one) {
            const auto found = one.read->all("root");
            return std::any_of(service.volumes.begin(), service.volumes.end(),
                               [&](const auto& volume) { return volume.source == one.file; }) &&
                   !found.empty() && std::none_of(found.begin(), found.end(), [&](const auto* root) {
                       return is_root(root->argument(0));
                   });
        });
    };
    for (const auto& service : compose.read->services) {
        const auto name = image_parts(service.image).name;
        if (std::find(std::begin(servers), std::end(servers), name) == std::end(servers)) continue;
        for (const auto& volume : service.volumes) {
            const bool is_all = volume.source == "." || volume.source == "./";
            if (volume.type != "bind" || !is_root(volume.target) || !is_all) continue;
            Hit& hit = add(hits, compose, service, volume.place,
                           fmt::format("{} serves all of the repository; everybody can read .git and this file; mount "
                                       "only the folder with the pages",
                                       short_word(service.name)));
            if (serves_elsewhere(service)) hit.level = Level::warning;
        }
    }
}

}

std::span<const Rule> compose_mount_rules() {
    static const Rule rows[] = {
        {.id = "compose-repository-served",
         .title = "A web server gets the whole repository",
         .levels = deployed(Level::error),
         .check = repository_served,
         .why = "Every file below a web server's root is public: visitors can load the history from `/.git` and the "
                "passwords from `/.env`.",
         .way_out = "./public:/usr/share/nginx/html:ro"},
    };
    return rows;
}

}
