#pragma once
#include "preflight/project.h"
#include "preflight/rule.h"
#include "read/kube.h"
#include <functional>
#include <optional>
#include <string>
#include <string_view>

// Helpers of the Kubernetes rules.
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
    bool starts_first = false; // it is from initContainers
};
void each_container(const Kube& kube, const std::function<void(const Container&)>& each);

Hit& hit(Hits& hits, const Kube& kube, const YamlNode& place, std::string message);

std::string shown(std::string_view name);      // for a message: one line, not too long
std::string label(const KubeObject& object);   // "Deployment web"
std::string label(const Container& container); // "container app of Deployment web"
bool runs_once(const Workload& workload);      // it is a Job
std::optional<std::int64_t> number(const YamlNode& node, std::string_view path);
const YamlNode& place(const YamlNode& node, std::string_view path); // the last existing part of the path, else the node

// Returns whether the labels contain all labels of the selector.
bool selects(const YamlNode& selector, const YamlNode* labels);

// For Kubernetes' own kinds: reports misspelled kinds and keys, and values of a wrong type.
void check_form(const Kube& kube, Hits& hits);

// whether Kustomize or charts add labels and tags that the manifests don't have
bool labels_come_later(const Project& project);

}
