#include "preflight/uses/nginx_together.h"
#include "base/path.h"
#include "base/text.h"
#include "preflight/parts/docker_files.h"
#include "preflight/parts/told_commands.h"
#include "read/compose/compose.h"
#include "read/nginx/nginx.h"
#include <algorithm>
#include <optional>
#include <set>

namespace fairlead::preflight {

namespace {

constexpr std::string_view nginx_folder = "/etc/nginx/";

// Where the file comes to lie, if the folder or file `source` is put to `target`.
std::string place_of(std::string_view source, std::string target, const std::string& file) {
    const auto folder = docker::is_pattern(source) ? folder_of(std::string(source)) : docker::context_path(source);
    if (folder != file) {
        if (!target.ends_with('/')) target += "/";
        return target + file.substr(folder.empty() ? 0 : folder.size() + 1);
    }
    return target.ends_with('/') ? target + std::string(file_name(file)) : target;
}

// Among what nginx.conf includes, and where the official image puts the templates that it fills in.
bool is_included(const Nginx& one, std::string place) {
    if (!place.starts_with('/')) return true; // below a WORKDIR
    constexpr std::string_view templates = "/etc/nginx/templates/", end = ".template";
    if (place.starts_with(templates) && place.ends_with(end))
        place = "/etc/nginx/conf.d/" + place.substr(templates.size(), place.size() - templates.size() - end.size());
    const auto includes = one.read->all("include");
    return std::any_of(includes.begin(), includes.end(), [&](const read::NginxDirective* include) {
        const std::string glob(include->argument(0));
        return glob.find('$') != glob.npos ||
               glob_match(glob.starts_with('/') ? glob : path_in(std::string(nginx_folder), glob), place);
    });
}

// Where one that starts nginx brings the file: nothing, or whether nginx includes the places.
std::optional<bool> brings(const Dockerfile& image, const Nginx& one, const std::string& file) {
    std::optional<bool> is_loaded;
    for (const auto& instruction : image.read->instructions) {
        if (!docker::copies(instruction) || instruction.words.empty()) continue;
        for (const auto* source : docker::sources(instruction)) {
            const auto path = docker::in_project(image, docker::context_path(source->text));
            if (!docker::from_context(instruction)) { // of a stage that may have it
                if (source->text.ends_with(file_name(file))) is_loaded = true;
            } else if (docker::covers(path, file)) {
                const bool is_there = is_included(one, place_of(path, instruction.words.back().text, file));
                is_loaded = is_loaded.value_or(false) || is_there;
            }
        }
    }
    return is_loaded;
}

std::optional<bool> brings(const read::ComposeService& service, const Nginx& one, const std::string& file) {
    std::optional<bool> is_loaded;
    for (const auto& volume : service.volumes)
        if (volume.type == "bind" && docker::covers(volume.source, file))
            is_loaded = is_loaded.value_or(false) || is_included(one, place_of(volume.source, volume.target, file));
    return is_loaded;
}

// cp a.conf /etc/nginx/conf.d/default.conf; cp b.conf /etc/nginx/conf.d/default.conf
std::set<std::string> places_copied_to(const Project& project, const std::string& file) {
    std::set<std::string> places;
    for (const auto& by : project.paths) {
        const bool is_script = tells_commands(by) || file_name(by).find("entrypoint") != std::string_view::npos;
        const auto text = is_script && !by.ends_with(".md") ? project.read(by) : std::nullopt;
        if (!text || text->find(file_name(file)) == text->npos) continue;
        for (const auto& line : command_lines(*text)) {
            auto words = split(trim(std::string_view(line)), ' ');
            std::erase(words, "");
            if (words.size() < 3 ||
                (words[0] != "cp" && words[0] != "ln" && words[0] != "mv" && words[0] != "envsubst"))
                continue;
            if (file_name(words[words.size() - 2]) == file_name(file) &&
                words.back().find(".conf") != std::string::npos)
                places.insert(words.back());
        }
    }
    return places;
}

}

bool may_load_together(const Project& project, const Nginx& one, const std::string& first, const std::string& second) {
    if (first == second) return true;
    bool is_brought = false;
    const auto both = [&](const auto& loader) {
        const auto is_first = brings(loader, one, first), is_second = brings(loader, one, second);
        is_brought = is_brought || is_first || is_second;
        return is_first.value_or(false) && is_second.value_or(false);
    };
    for (const Compose& compose : project.composes)
        if (std::any_of(compose.read->services.begin(), compose.read->services.end(), both)) return true;
    if (std::any_of(project.dockerfiles.begin(), project.dockerfiles.end(), both)) return true;
    if (is_brought) return false;
    const auto places = places_copied_to(project, first), others = places_copied_to(project, second);
    return std::none_of(places.begin(), places.end(), [&](const auto& place) { return others.contains(place); });
}

}
