#include "base/path.h"
#include "base/text.h"
#include "preflight/parts/code_lines.h"
#include "preflight/parts/kube_look.h"
#include "preflight/parts/told_commands.h"
#include "preflight/rules/groups.h"
#include "preflight/uses/kustomize.h"
#include <algorithm>
#include <fmt/format.h>

// What kustomize refuses.
namespace fairlead::preflight {

namespace {

bool is_in_submodule(const Project& project, const std::string& path) {
    const auto lines = split(project.read(".gitmodules").value_or(""), '\n');
    return std::any_of(lines.begin(), lines.end(), [&](const std::string& line) {
        const auto words = trim(std::string_view(line));
        return words.starts_with("path") && path.starts_with(trim(words.substr(words.find('=') + 1)));
    });
}

// A script, a page or a workflow may put it there.
bool is_brought(const Project& project, const std::string& path) {
    return some_file_names(project, file_name(path), '-', [](const std::string& by) { return tells_commands(by); });
}

void resource_missing(const Project& project, Hits& hits) {
    if (!project.kustomizations) return;
    for (const Kustomization& one : project.kustomizations->all())
        for (const auto& [name, line, column] : one.missing) {
            const auto path = path_in(folder_of(one.file), name);
            if (is_in_submodule(project, path)) continue;
            const bool is_ignored = project.is_git_ignored(path);
            Hit& hit =
                hits.add(one.file, line, column,
                         is_ignored ? fmt::format("resource {} isn't here, and git ignores it; kustomize build "
                                                  "fails without it; bring it before the build",
                                                  kube::shown(name))
                                    : fmt::format("resource {} isn't there; kustomize build fails, and nothing is "
                                                  "applied; add it, or remove the line",
                                                  kube::shown(name)));
            if (is_ignored || !project.in_git || is_brought(project, path)) hit.level = Level::warning;
        }
}

}

std::span<const Rule> kube_kustomize_rules() {
    static const Rule rows[] = {
        {.id = "kube-resource-missing",
         .title = "A kustomization names a resource that isn't there",
         .levels = always(Level::error),
         .check = resource_missing,
         .why = "`kustomize build` and `kubectl apply -k` stop at the first resource that they don't find.",
         .way_out = "resources: [deployment.yaml], with that file in git"},
    };
    return rows;
}

}
