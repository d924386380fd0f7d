#pragma once
#include "preflight/project.h"
#include "preflight/rule.h"
#include "read/kube.h"
#include <functional>
#include <optional>
#include <string>
#include <string_view>

// What several rules of Kubernetes ask of a manifest.
namespace fairlead::preflight::kube {

using read::KubeObject;
using sys::YamlNode;

struct Workload {
    const KubeObject& object;
    const YamlNode& pod; // the template: metadata and spec
    const YamlNode* spec = nullptr;
};
void each_workload(const Kube& kube, const std::function<void(const Workload&)>& each);

struct Container {
    const Workload& workload;
    const YamlNode& node;
    bool starts_first = false; // of initContainers
};
void each_container(const Kube& kube, const std::function<void(const Container&)>& each);

Hit& hit(Hits& hits, const Kube& kube, const YamlNode& place, std::string message);

std::string shown(std::string_view name);      // in a message: one line, not too long
std::string label(const KubeObject& object);   // "Deployment web"
std::string label(const Container& container); // "container app of Deployment web"
bool runs_once(const Workload& workload);      // a Job's
std::optional<std::int64_t> number(const YamlNode& node, std::string_view path);
const YamlNode& place(const YamlNode& node, std::string_view path); // of what is there, else of the node

// Its selector's labels are among these.
bool selects(const YamlNode& selector, const YamlNode* labels);

bool labels_come_later(const Project& project); // Kustomize and charts add labels and tags that no manifest shows

}
