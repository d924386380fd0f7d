#include "preflight/development_only.h"
#include "base/path.h"
#include "base/text.h"
#include "preflight/compose_doubt.h"
#include "preflight/subjects.h"
#include "project/development.h"
#include "read/compose.h"
#include <algorithm>
#include <string_view>

namespace fairlead::preflight {

namespace {

bool builds_in_workflow(const Project& project) {
    return std::any_of(project.paths.begin(), project.paths.end(), [&](const std::string& path) {
        const auto text = path.starts_with(".github/workflows/") ? project.read(path) : std::nullopt;
        return text && has_any(*text, {"docker build", "docker buildx", "build-push-action", "docker push"});
    });
}

bool starts_by_hand(const Compose& compose) {
    const auto& all = compose.read->services;
    return std::any_of(all.begin(), all.end(), [](const auto& service) {
        return join(service.command, " ").find("manage.py runserver") != std::string::npos;
    });
}

// Nothing but development starts Django here: every compose file is for development, and so is every image that holds
// it; no server for production is among its packages, and no platform, unit or cluster is told of.
bool is_started_to_develop_only(const Project& project) {
    if (std::none_of(project.composes.begin(), project.composes.end(), starts_by_hand) || !project.kubes.empty() ||
        !project.units.empty() || has_other_way(project) || builds_in_workflow(project))
        return false;
    const auto has_manager = [&](const std::string& folder) { return project.has(path_in(folder, "manage.py")); };
    return std::all_of(project.composes.begin(), project.composes.end(),
                       [&](const Compose& one) { return project.is_for_development(one); }) &&
           std::all_of(
               project.dockerfiles.begin(), project.dockerfiles.end(),
               [&](const Dockerfile& one) { return project.is_for_development(one) || !has_manager(one.context); }) &&
           std::none_of(project.paths.begin(), project.paths.end(), [&](const std::string& path) {
               const auto name = file_name(path);
               if (name == "Procfile" || name == "passenger_wsgi.py") return true;
               const bool lists = name.starts_with("requirements") || name == "pyproject.toml" || name == "Pipfile" ||
                                  name == "setup.py" || path.ends_with(".sh");
               const auto text = lists ? project.read(path) : std::nullopt;
               return text && has_any(lower(*text),
                                      {"gunicorn", "uvicorn", "hypercorn", "uwsgi", "waitress", "granian", "mod_wsgi"});
           });
}

}

bool is_built_to_develop(const Project& project, const std::string& path, const read::Dockerfile& file) {
    const auto& all = file.instructions;
    if (std::any_of(all.begin(), all.end(), [](const auto& one) { return one.verb == read::Verb::cmd; })) return false;
    bool is_built = false;
    for (const auto& compose : project.composes)
        for (const auto& service : compose.read->services) {
            if (!service.build ||
                dockerfile_taken(project, path_in(service.build->context, service.build->dockerfile)) != path)
                continue;
            if (!project.is_for_development(compose) || service.command.empty() || !project::mounts_source(service))
                return false;
            is_built = true;
        }
    return is_built && !builds_in_workflow(project);
}

void note_settings_of_development(Project& project) {
    if (!is_started_to_develop_only(project)) return;
    for (const auto& path : project.paths)
        if (file_name(path) == "settings.py" || (path.ends_with(".py") && file_name(folder_of(path)) == "settings"))
            project.doubtful.insert(path);
}

}
