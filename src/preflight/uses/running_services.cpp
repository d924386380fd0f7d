#include "preflight/uses/running_services.h"
#include "base/path.h"
#include "base/text.h"
#include "preflight/kinds.h"
#include "preflight/parts/told_commands.h"
#include <algorithm>

namespace fairlead::preflight {

namespace {

// How deep the folder of a build lies in which the file stands; 0: in none.
std::size_t depth_around(const read::ComposeBuild& build, const std::string& path) {
    std::size_t depth = 0;
    auto context = path_in(build.context, "");
    if (context.ends_with('/')) context.pop_back();
    for (const auto& folder : {context, folder_of(path_in(build.context, build.dockerfile))})
        if (folder.empty() || folder == "." || path.starts_with(folder + "/"))
            depth = std::max(depth, (folder == "." ? 0 : folder.size()) + 1);
    return depth;
}

// http://reloader:8080, reloader:8080
bool names_host(std::string_view text, const std::string& name) {
    for (const std::string_view before : {"://", "server ", "reverse_proxy ", "to ", "\"", "'"})
        if (const auto whole = std::string(before) + name;
            has_any(text, {whole + ":", whole + ";", whole + "/", whole + " ", whole + "\n"}))
            return true;
    return false;
}

}

std::vector<RunningService> services_built_with(const Project& project, const std::string& path) {
    std::vector<RunningService> found;
    std::size_t nearest = 1;
    for (const Compose& compose : project.composes) {
        if (compose.profile == Profile::development) continue;
        for (const auto& service : compose.read->services) {
            const auto depth = service.build ? depth_around(*service.build, path) : 0;
            if (depth < nearest) continue;
            if (depth > nearest) found.clear();
            nearest = depth;
            found.push_back({&compose, &service});
        }
    }
    return found;
}

bool is_run_by_compose_only(const Project& project, const std::vector<RunningService>& services) {
    const bool pushes = some_workflow(project, [](std::string_view text) {
        return has_any(text, {"docker push", "build-push-action", "--push"});
    });
    if (services.empty() || pushes) return false;
    return std::none_of(project.kubes.begin(), project.kubes.end(), [&](const Kube& one) {
        const auto text = project.read(one.file).value_or("");
        return std::any_of(services.begin(), services.end(), [&](const RunningService& running) {
            const auto name = std::string(file_name(running.service->build->context));
            return name.empty() || name == "." || text.find(name) != text.npos ||
                   text.find(running.service->name) != text.npos;
        });
    });
}

bool is_reached_from_outside(const Project& project, const RunningService& running) {
    const auto& service = *running.service;
    const auto* const mode = service.at("network_mode");
    if (!service.ports.empty() || (mode != nullptr && !mode->text.empty()) || service.at("labels") != nullptr ||
        service.at("deploy.labels") != nullptr)
        return true;
    const auto* const networks = running.compose->read->model.find("networks");
    for (const auto& name : service.networks) { // of another project, whose router may know it
        const auto* const network = networks == nullptr ? nullptr : networks->find(name);
        if (network != nullptr && network->text_at("external") == "true") return true;
    }
    for (const auto& one : service.environment)
        if (one.name == "VIRTUAL_HOST" || one.name == "LETSENCRYPT_HOST") return true;
    return std::any_of(project.paths.begin(), project.paths.end(), [&](const std::string& path) {
        const auto name = file_name(path);
        const bool routes = kind_of(path) == FileKind::nginx || name.ends_with(".conf") ||
                            name.ends_with(".template") || name.ends_with(".tmpl") || name.ends_with(".cfg") ||
                            name.find("Caddyfile") != name.npos ||
                            (path.find("traefik") != path.npos && kind_of(path) == FileKind::yaml);
        const auto text = routes ? project.read(path) : std::nullopt;
        return text && names_host(*text, service.name);
    });
}

}
