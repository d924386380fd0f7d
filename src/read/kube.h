#pragma once
#include "read/problem.h"
#include "sys/data/yaml.h"
#include <string>
#include <string_view>
#include <vector>

// Reads manifests of Kubernetes (and OpenShift's DeploymentConfig): objects by apiVersion and kind, several in one
// file.
namespace fairlead::read {

struct KubeObject {
    std::string api_version, kind, name;
    std::string space; // its namespace; empty: not given
    sys::YamlNode root;
};

struct KubeFile {
    std::vector<KubeObject> objects; // the items of a List count as separate objects
    std::vector<Problem> problems;   // a document that isn't YAML; other documents are still read
    std::vector<Problem> nameless;   // a document whose apiVersion or kind is a list or a map
    bool is_template = false; // contains {{ }} of Helm or another tool: it is not read, and that is not a problem
};

KubeFile read_kube(std::string_view text, const std::string& file);

// Finds a value by a path such as "spec.template.spec"; null: absent.
const sys::YamlNode* kube_at(const sys::YamlNode& node, std::string_view path);
std::string kube_text(const sys::YamlNode& node, std::string_view path); // text of a scalar; empty: absent
bool kube_true(const sys::YamlNode& node, std::string_view path);

// Returns the pod template of a workload, or a Pod itself: `metadata` and `spec`. Null: the object isn't a workload.
const sys::YamlNode* kube_pod(const KubeObject& object);

}
