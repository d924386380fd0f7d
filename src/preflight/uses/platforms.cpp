#include "preflight/uses/platforms.h"
#include "base/path.h"
#include "base/text.h"
#include "preflight/kinds.h"
#include "preflight/parts/kube_look.h"
#include "preflight/parts/told_commands.h"
#include <algorithm>

namespace fairlead::preflight {

namespace {

struct Platform {
    std::string_view name;
    std::initializer_list<std::string_view> files;    // its configuration
    std::initializer_list<std::string_view> commands; // of workflows
    std::string_view word;                            // of a comment, in lower case
};
const Platform platforms[] = {
    {"Cloud Run", {}, {"deploy-cloudrun@", "gcloud run deploy", "gcloud run jobs"}, "cloud run"},
    {"Railway", {"railway.json", "railway.toml"}, {"railway up"}, "railway"},
    {"Fly", {"fly.toml"}, {"flyctl deploy", "fly deploy"}, "fly.io"},
    {"App Runner", {"apprunner.yaml"}, {"aws apprunner", "amazon-app-runner-deploy@"}, "app runner"},
    {"Heroku", {"heroku.yml"}, {"heroku container:", "heroku-deploy@"}, "heroku"},
    {"Render", {"render.yaml"}, {}, "render.com"}};

// What builds by the language leaves the Dockerfile alone; Render has to be told of it.
bool takes_dockerfile(const Platform& platform, std::string_view text) {
    return !has_any(lower(text), {"nixpacks", "railpack", "buildpack"}) &&
           (platform.name != "Render" || text.find("docker") != text.npos);
}

// In its folder; at the root one that names the Dockerfile, or its folder.
bool has_configuration(const Project& project, const Platform& platform, const std::string& path) {
    const auto folder = folder_of(path);
    return std::any_of(platform.files.begin(), platform.files.end(), [&](std::string_view name) {
        if (const auto own = project.read(path_in(folder, name))) return takes_dockerfile(platform, *own);
        const auto text = project.read(std::string(name));
        return text && has_any(*text, {path, folder + "/"});
    });
}

// A service of Knative with Google's annotations, in the Dockerfile's folder or below it.
bool has_service_of_cloud_run(const Project& project, const std::string& path) {
    const auto folder = folder_of(path);
    return std::any_of(project.kubes.begin(), project.kubes.end(), [&](const Kube& one) {
        const auto its = folder_of(one.file);
        return (its == folder || (!folder.empty() && its.starts_with(folder + "/"))) &&
               std::any_of(one.read->objects.begin(), one.read->objects.end(),
                           [](const read::KubeObject& object) {
                               return object.kind == "Service" &&
                                      object.api_version.starts_with("serving.knative.dev/");
                           }) &&
               has_any(project.read(one.file).value_or(""), {"run.googleapis.com", ".run.app", "gcr.io", "pkg.dev"});
    });
}

// A workflow builds the image and deploys by the platform's command, and works on no host or cluster.
bool has_workflow_to(const Project& project, const Platform& platform, const std::string& path) {
    const auto folder = folder_of(path);
    return some_workflow(project, [&](std::string_view text) {
        const bool builds_other =
            std::any_of(project.dockerfiles.begin(), project.dockerfiles.end(), [&](const Dockerfile& one) {
                return one.file != path && !folder_of(one.file).empty() && text.find(one.file) != text.npos;
            });
        const bool builds = folder.empty() ? !builds_other : text.find(path) != text.npos;
        return builds && has_any(text, platform.commands) &&
               !has_any(text, {"ssh ", "ssh-action", "kubectl ", "helm ", "compose up", "docker stack", "self-hosted"});
    });
}

// "# $PORT from Railway", "# Deployed to Fly.io": of a place, and not of what the program is about.
bool is_told_in_comment(const Platform& platform, std::string_view dockerfile) {
    const auto lines = split(dockerfile, '\n');
    return std::any_of(lines.begin(), lines.end(), [&](const std::string& line) {
        if (!trim(std::string_view(line)).starts_with('#')) return false;
        const auto words = lower(line);
        if (has_any(words, {"docker host", " any "})) return false; // "on Fly.io, or any Docker host"
        for (const std::string_view before : {"on ", "to ", "from ", "for ", "by "})
            if (words.find(std::string(before) + std::string(platform.word)) != std::string::npos) return true;
        return false;
    });
}

// A manifest's container has an image of the name of the Dockerfile's folder.
bool is_in_cluster(const Project& project, const Dockerfile& image) {
    const auto name = file_name(folder_of(image.file));
    bool found = false;
    for (const Kube& one : project.kubes)
        kube::each_container(one, [&](const kube::Container& container) {
            const auto its = read::kube_text(container.node, "image");
            const auto repository = its.substr(0, its.find_first_of(":@"));
            found = found || name.empty() || file_name(repository) == name;
        });
    return found;
}

bool is_in_compose(const Project& project, const Dockerfile& image) {
    return std::any_of(project.composes.begin(), project.composes.end(), [&](const Compose& one) {
        return one.files.front() == image.compose_file && !project.is_for_development(one);
    });
}

}

bool is_served_without_image(const Project& project, const std::string& path) {
    const auto folder = folder_of(path);
    bool is_here = false, is_without = false;
    const auto holds = [&] { return !folder.empty() && is_here && is_without; };
    for (const auto& line : split(project.read("render.yaml").value_or(""), '\n')) {
        const auto words = trim(std::string_view(line));
        if (words.starts_with("- type:") || words.starts_with("- name:")) {
            if (holds()) return true;
            is_here = is_without = false;
        }
        const auto value = trim(words.substr(std::min(words.find(':') + 1, words.size())));
        if (words.starts_with("rootDir:")) is_here = path_in("", value) == folder;
        if (words.starts_with("runtime:") || words.starts_with("env:"))
            is_without = !value.empty() && value != "docker" && value != "image";
    }
    return holds();
}

bool is_in_space(const Project& project, const Dockerfile& image) {
    if (is_in_compose(project, image) || is_in_cluster(project, image)) return false;
    const auto folder = folder_of(image.file);
    const auto front = project.read(path_in(folder, "README.md")).value_or(""); // sdk: docker between two lines of ---
    if (front.starts_with("---") && front.substr(0, front.find("\n---", 3)).find("\nsdk: docker") != front.npos)
        return true;
    const auto lines = split(image.text, '\n');
    const bool says = std::any_of(lines.begin(), lines.end(), [](const std::string& line) {
        return trim(std::string_view(line)).starts_with('#') && has_any(lower(line), {"hugging face", "huggingface"});
    });
    return (says && image.text.find("7860") != std::string::npos) || // the port of a Space
           some_workflow(project, [&](std::string_view text) {
               return has_any(text, {"huggingface.co/spaces", "hf.co/spaces"}) &&
                      (folder.empty() || text.find(folder) != text.npos);
           });
}

std::string_view platform_of(const Project& project, const Dockerfile& image) {
    if (is_in_compose(project, image) || is_in_cluster(project, image)) return {};
    for (const Platform& one : platforms)
        if (has_configuration(project, one, image.file) || has_workflow_to(project, one, image.file) ||
            is_told_in_comment(one, image.text) ||
            (one.name == "Cloud Run" && has_service_of_cloud_run(project, image.file)))
            return one.name;
    return {};
}

}
