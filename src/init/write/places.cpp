#include "base/text.h"
#include "init/write/jobs.h"
#include "init/write/text.h"
#include <algorithm>

// What is called how, and what of a project is deployed.
namespace fairlead::init {

bool is_alone(const Project& project) { return project.components.size() == 1; }

std::string job_id(const Project& project, const std::string& job, const Component& component) {
    return is_alone(project) ? job : job + "-" + component.name;
}

namespace {

template <typename Wanted>
std::vector<const Component*> those(const Project& project, Wanted wanted) {
    std::vector<const Component*> found;
    for (const auto& component : project.components)
        if (wanted(component)) found.push_back(&component);
    return found;
}

}

// One of a folder: a second would need the same fairlead.yml.
std::vector<const Component*> services(const Project& project) {
    auto found = those(project, [](const Component& c) { return !c.serve.empty(); });
    const auto is_later = [](const Component* one, const Component* other) { return one->folder == other->folder; };
    found.erase(std::unique(found.begin(), found.end(), is_later), found.end()); // they are sorted by folder
    return found;
}

std::vector<const Component*> with_image(const Project& project) {
    return those(project, [](const Component& c) { return !c.dockerfile.empty(); });
}

std::vector<Environment> environments(const Writing& writing) {
    if (services(writing.project).empty()) return {};
    // Of several each has a fairlead.yml of its own; the root's names no environment then.
    if (writing.given.environments && services(writing.project).size() == 1) return *writing.given.environments;
    std::vector<std::string> secrets;
    for (const auto* service : services(writing.project))
        for (const auto& name : service->secrets)
            if (std::find(secrets.begin(), secrets.end(), name) == secrets.end()) secrets.push_back(name);
    return {{"staging", secrets, false}, {"production", secrets, true}};
}

namespace {

enum class For { staging, production, nobody };
For purpose(const Environment& one) { // as config::Profile takes the names
    constexpr std::string_view staging[] = {"staging", "stage", "test", "dev", "development"};
    if (one.name == "local") return For::nobody;
    return std::find(std::begin(staging), std::end(staging), one.name) != std::end(staging) ? For::staging
                                                                                            : For::production;
}

const Environment* first(const std::vector<Environment>& all, For wanted) {
    const auto at =
        std::find_if(all.begin(), all.end(), [&](const Environment& one) { return purpose(one) == wanted; });
    return at == all.end() ? nullptr : &*at;
}

}

const Environment* staging_of(const std::vector<Environment>& all) { return first(all, For::staging); }
const Environment* production_of(const std::vector<Environment>& all) { return first(all, For::production); }

std::vector<std::string> secrets_of(const Writing& writing, const Component& component,
                                    const Environment& environment) {
    const bool told = writing.given.environments && services(writing.project).size() == 1;
    return told ? environment.secrets : component.secrets;
}

std::string within(const Component& component, const std::string& path) {
    const bool inside = !component.folder.empty() && path.starts_with(component.folder + "/");
    return inside ? path.substr(component.folder.size() + 1) : path;
}

std::string config_of(const Project& project, const Component& component) {
    const bool own = services(project).size() > 1 && !component.serve.empty();
    return below(project.folder, below(own ? component.folder : "", "fairlead.yml"));
}

std::string image_of(const Project& project, const Component& component) {
    return "ghcr.io/${{ github.repository }}" + (with_image(project).size() == 1 ? "" : "-" + component.name);
}

// GitHub looks for workflows in the repository's root alone.
std::string workflow_path(const Writing& writing, const std::string& name) {
    const auto& [project, given] = writing;
    std::string root;
    for (auto depth = project.folder.empty() ? 0 : split(project.folder, '/').size(); depth > 0; --depth) root += "../";
    auto file = (project.folder.empty() ? "" : project.name + "-") + name + ".yml";
    if (std::find(given.taken.begin(), given.taken.end(), file) != given.taken.end()) file = "fairlead-" + file;
    return root + ".github/workflows/" + file;
}

std::string title(const Project& project, const std::string& name) {
    return name + (project.folder.empty() ? "" : " of " + project.name);
}

std::string group_of(const Project& project, const std::string& name) {
    return name + (project.folder.empty() ? "" : "-" + project.name);
}

}
