#include "preflight/parts/kube_look.h"
#include "base/printable.h"
#include "base/secrets/credentials.h"
#include "base/text.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::preflight::kube {

std::string shown(std::string_view name) {
    return to_valid_utf8(one_line(hide_credentials(name.substr(0, 4096)).substr(0, 40)).substr(0, 40));
}

void each_workload(const Kube& kube, const std::function<void(const Workload&)>& each) {
    for (const KubeObject& object : kube.read->objects)
        if (const YamlNode* pod = read::kube_pod(object)) each({object, *pod, pod->find("spec")});
}

void each_container(const Kube& kube, const std::function<void(const Container&)>& each) {
    each_workload(kube, [&](const Workload& workload) {
        if (!workload.spec) return;
        for (const std::string_view list : {"initContainers", "containers"})
            if (const YamlNode* containers = workload.spec->find(list))
                for (const YamlNode& node : containers->items) each({workload, node, list == "initContainers"});
    });
}

Hit& hit(Hits& hits, const Kube& kube, const YamlNode& at, std::string message) {
    return hits.add(kube.file, at.line, at.column, std::move(message));
}

std::string label(const KubeObject& object) {
    return object.name.empty() ? object.kind : fmt::format("{} {}", object.kind, shown(object.name));
}

std::string label(const Container& container) {
    return fmt::format("container {} of {}", shown(read::kube_text(container.node, "name")),
                       label(container.workload.object));
}

bool runs_once(const Workload& workload) { return workload.object.kind == "Job" || workload.object.kind == "CronJob"; }

std::optional<std::int64_t> number(const YamlNode& node, std::string_view path) {
    const auto parsed = parse_integer(read::kube_text(node, path));
    return parsed ? std::optional(parsed.value()) : std::nullopt;
}

const YamlNode& place(const YamlNode& node, std::string_view path) {
    const YamlNode* found = read::kube_at(node, path);
    return found && found->line > 0 ? *found : node;
}

bool selects(const YamlNode& selector, const YamlNode* labels) {
    return std::all_of(selector.entries.begin(), selector.entries.end(), [&](const auto& entry) {
        const YamlNode* label = labels ? labels->find(entry.first.scalar) : nullptr;
        return label && label->scalar == entry.second.scalar;
    });
}

bool labels_come_later(const Project& project) {
    const auto is_later = [](const std::string& path) {
        return path.ends_with("kustomization.yaml") || path.ends_with("kustomization.yml") ||
               path.ends_with("Chart.yaml");
    };
    return std::any_of(project.paths.begin(), project.paths.end(), is_later);
}

}
