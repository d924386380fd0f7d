#include "preflight/kube_names.h"
#include "base/path.h"
#include "preflight/project.h"
#include "read/kube.h"

namespace fairlead::preflight {

namespace {

void add_object(const read::KubeObject& object, KubeNames& names) {
    const auto* const pod = read::kube_pod(object);
    if (const auto* const labels = pod ? read::kube_at(*pod, "metadata.labels") : nullptr)
        for (const auto& [key, value] : labels->entries)
            names.pods[key.scalar + "=" + value.scalar].push_back({&object.space, labels});
    if (object.kind == "Service") names.services.insert(object.name);
    if ((object.kind != "ConfigMap" && object.kind != "Secret") || object.name.empty()) return;
    auto& keys = names.keys[{object.kind, object.name}]; // patches count as well: what they add is there in the end
    for (const std::string_view part : {"data", "binaryData", "stringData"})
        if (const auto* const map = object.root.find(part))
            for (const auto& [key, value] : map->entries) keys.insert(key.scalar);
}

}

const KubeNames& kube_names(const Project& project) {
    auto& made = *project.kube_names;
    if (made) return *made;
    KubeNames& names = made.emplace();
    for (const Kube& kube : project.kubes)
        for (const auto& object : kube.read->objects) add_object(object, names);
    for (const auto& path : project.paths)
        if (file_name(path).starts_with("kustomization.y")) {
            const auto text = project.read(path).value_or("");
            if (text.find("Generator:") != text.npos)
                std::erase_if(names.keys, [&](const auto& one) { return text.find(one.first.second) != text.npos; });
        }
    return names;
}

}
