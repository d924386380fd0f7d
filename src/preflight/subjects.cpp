#include "preflight/subjects.h"
#include "base/path.h"
#include "base/text.h"
#include "preflight/uses/built_in_workflows.h"
#include "preflight/uses/compose_doubt.h"
#include "preflight/uses/compose_files.h"
#include "preflight/uses/development_only.h"
#include "preflight/uses/dockerfiles.h"
#include "preflight/uses/env_files.h"
#include "preflight/uses/kube_applied.h"
#include "preflight/uses/kustomize.h"
#include "preflight/uses/left_empty.h"
#include "preflight/uses/nginx_subjects.h"
#include "preflight/uses/recognised.h"
#include "preflight/values.h"
#include "project/development.h"
#include "read/dockerfile/dockerfile.h"
#include "read/kube.h"
#include "read/nginx/nginx.h"
#include "read/unit.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::preflight {

namespace {

using Paths = std::vector<std::string>;

// It may be right, but nobody looks at so much YAML.
bool is_too_large(const Project& project, const std::string& path, std::string_view text) {
    const bool is_yaml = path.ends_with(".yml") || path.ends_with(".yaml");
    if (!is_yaml || text.size() <= sys::yaml_size_limit) return false;
    (*project.unread)[path] = {
        .why = fmt::format("it is larger than {} MiB, the limit for YAML", sys::yaml_size_limit >> 20),
        .is_error = false};
    return true;
}

// Those that can be read. What its own program refuses when it is empty says nothing either.
enum class Empty { refused, allowed };
Paths readable(const Project& project, const Paths& found, Empty empty,
               std::optional<project::Format> format = std::nullopt) {
    Paths paths;
    for (const auto& path : found) {
        const auto text = project.read(path);
        if (!text || is_too_large(project, path, *text)) continue;
        const auto engine = format ? project::engine_of(path, *text, *format) : std::string_view();
        if (empty == Empty::refused && trim(std::string_view(*text)).empty())
            (*project.unread)[path] = {.why = "it is empty",
                                       .line = 1,
                                       .is_error = format != std::nullopt && (format != project::Format::compose ||
                                                                              !is_left_empty(project, path))};
        else if (!engine.empty())
            (*project.unread)[path] = {
                .why = fmt::format("it is a template ({}), and the rendered file isn't here", engine),
                .is_error = false};
        else
            paths.push_back(path);
    }
    return paths;
}

// ---- Kubernetes

// Of a cluster on one's own machine: no other gets the image.
bool is_of_local_cluster(const read::KubeFile& file) {
    for (const auto& object : file.objects) {
        const auto* const pod = read::kube_pod(object);
        const auto* const spec = pod == nullptr ? nullptr : pod->find("spec");
        const auto* const containers = spec == nullptr ? nullptr : spec->find("containers");
        for (const auto& container : containers ? containers->items : std::vector<sys::YamlNode>()) {
            const auto image = read::kube_text(container, "image");
            if (image.starts_with("localhost/") || image.starts_with("localhost:") ||
                read::kube_text(container, "imagePullPolicy") == "Never")
                return true;
        }
        const auto* const volumes = spec == nullptr ? nullptr : spec->find("volumes");
        for (const auto& volume : volumes ? volumes->items : std::vector<sys::YamlNode>()) {
            const auto* const mounted = volume.find("hostPath"); // Docker Desktop's name for D:/code
            if (mounted && read::kube_text(*mounted, "path").starts_with("/run/desktop/mnt/host/")) return true;
        }
    }
    return false;
}

void add_kubes(Project& project, const Paths& found) {
    project.kustomizations = std::make_shared<const Kustomizations>(project);
    for (const auto& path : found) {
        const auto text = project.read(path);
        if (!text || !says_kube(*text) || is_too_large(project, path, *text)) continue;
        project.kubes.push_back({path, std::make_shared<read::KubeFile>(read::read_kube(*text, path)),
                                 profile_of(path).value_or(project.profile),
                                 project.kustomizations->is_only_patch(path)});
        if (is_form(*project.kubes.back().read) || is_of_local_cluster(*project.kubes.back().read))
            project.doubtful.insert(path);
    }
}

}

Profile profile_by_words(const Project& project, const std::string& path, std::string_view text) {
    const auto named = profile_of(path);
    if (named) return *named;
    return project::head_comment(text) ? Profile::development : project.profile;
}

bool says_kube(std::string_view text) {
    const auto has = [&](std::string_view key) {
        return text.starts_with(key) || text.find("\n" + std::string(key)) != text.npos;
    };
    return has("apiVersion:") && has("kind:");
}

bool has_stage(const Dockerfile& file, std::string_view name) {
    return file.read->stage(name, file.read->stages.size()).has_value();
}

std::string dockerfile_taken(const Project& project, std::string path) {
    auto small = path_in(folder_of(path), "./dockerfile");
    return file_name(path) == "Dockerfile" && !project.has(path) && project.has(small) ? small : path;
}

void add_subjects(Project& project, const Wanted& wanted, std::map<FileKind, Paths> found) {
    note_denial(project);
    for (const auto& path : readable(project, found[FileKind::workflow], Empty::refused)) {
        auto text = project.read(path).value_or("");
        auto documents = sys::parse_yaml_documents(text, path, sys::YamlDialect::compose);
        project.workflows.push_back(
            {path, std::move(text), std::make_shared<const Result<std::vector<sys::YamlNode>>>(std::move(documents))});
    }
    project.builds = workflow_builds(project);
    add_composes(project, wanted,
                 readable(project, found[FileKind::compose], Empty::refused, project::Format::compose));
    add_dockerfiles(project, wanted,
                    readable(project, found[FileKind::dockerfile], Empty::allowed, project::Format::dockerfile));
    add_kubes(project, found[FileKind::yaml]);
    add_nginxes(project, readable(project, found[FileKind::nginx], Empty::refused, project::Format::nginx));
    note_left_by_pipelines(project);
    for (const auto& path : readable(project, found[FileKind::unit], Empty::refused, project::Format::unit))
        project.units.push_back({path, std::make_shared<read::UnitFile>(read::read_unit(*project.read(path))),
                                 profile_of(path).value_or(project.profile)});
    note_settings_of_development(project);
    add_env_files(project, wanted, readable(project, found[FileKind::env], Empty::allowed, project::Format::env));
    note_unrecognised(project);
    add_values(project);
}

}
