#include "preflight/rules/compose_builds.h"
#include "base/path.h"
#include "base/text.h"
#include "preflight/parts/told_commands.h"
#include "preflight/subjects.h"
#include "preflight/uses/compose_uses.h"
#include "preflight/uses/kube_applied.h"
#include "read/dockerfile/dockerfile.h"
#include <algorithm>
#include <filesystem>
#include <fmt/format.h>

namespace fairlead::preflight::compose {

namespace {

// build.target that no FROM names.
void stage_missing(const Compose& compose, const ComposeService& service, const Project& project,
                   const std::string& path, Hits& hits) {
    const std::string& target = service.build->target;
    if (target.empty() || target.find('$') != target.npos || target.find_first_not_of("0123456789") == target.npos)
        return;
    const auto built = std::find_if(project.dockerfiles.begin(), project.dockerfiles.end(),
                                    [&](const Dockerfile& one) { return one.file == path; });
    if (built == project.dockerfiles.end() || built->read->stages.empty() || has_stage(*built, target)) return;
    add(hits, compose, service, service.build->place,
        fmt::format("build of {} asks for the stage {}, which {} doesn't have; docker compose build fails; name one of "
                    "its stages",
                    short_word(service.name), short_word(target), short_word(path)));
}

}

void build_missing(const Compose& compose, const ComposeService& service, const Project& project, Hits& hits) {
    if (!service.build || service.build->inline_dockerfile) return;
    const std::string &context = service.build->context, &dockerfile = service.build->dockerfile;
    for (const std::string_view part : {std::string_view(context), std::string_view(dockerfile)})
        if (part.find("://") != part.npos || part.find('$') != part.npos || part.starts_with('/') ||
            part.starts_with("git@") || part.ends_with(".git") || part.starts_with("github.com/"))
            return;
    auto path = (std::filesystem::path(context) / dockerfile).lexically_normal().generic_string();
    if (path.starts_with("vendor/") || path.find("/vendor/") != path.npos || path.find("node_modules/") != path.npos)
        return; // a package manager brings it
    const auto modules = project.read(".gitmodules");
    const bool elsewhere = path.starts_with("..") || context == ".." || context.starts_with("../") ||
                           (modules && modules->find("path = " + path.substr(0, path.find('/'))) != std::string::npos);
    if (project.has(path)) return stage_missing(compose, service, project, path, hits);
    if (elsewhere || project.read(path)) return;
    if (dockerfile_taken(project, path) != path) return;
    const auto folder = folder_of(compose.files.front()) + "/"; // build: .. leads out of it
    const auto inner = path.starts_with(folder) ? path.substr(folder.size()) : path;
    for (const auto& clone : clones_beside(project, compose.files.front())) // the file is copied out of a clone first
        if (inner.starts_with(clone + "/") && project.has(inner.substr(clone.size() + 1))) return;
    const auto [asked, is] = parts_in_other_case(project, path);
    Hit& found = add(
        hits, compose, service, service.build->place,
        asked.empty()
            ? fmt::format(
                  "build of {} asks for {}, which isn't there; docker compose build fails; name an existing Dockerfile",
                  short_word(service.name), short_word(path))
            : fmt::format("build of {} asks for {}, which is called {}; docker compose build fails on Linux; write {}",
                          short_word(service.name), short_word(asked), short_word(is), short_word(is)));
    // Whoever names the folder may make it; the cluster has it all; or nobody knows that it is built for production.
    if (!named_by_build(project, file_name(context)).empty() || is_left_to_cluster(project, compose.files.front()) ||
        project.is_for_development(compose) || project.unproven.contains(compose.files.front()))
        found.level = Level::warning;
}

}
