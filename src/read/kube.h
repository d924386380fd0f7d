#pragma once
#include "read/problem.h"
#include "sys/data/yaml.h"
#include <string>
#include <string_view>
#include <vector>

// Manifests of Kubernetes (and OpenShift's DeploymentConfig): objects by apiVersion and kind, several in one file.
namespace fairlead::read {

struct KubeObject {
    std::string api_version, kind, name;
    std::string space; // its namespace; empty: none is written
    sys::YamlNode root;
};

struct KubeFile {
    std::vector<KubeObject> objects; // a List's items as if they stood alone
    std::vector<Problem> problems;   // of a document that is no YAML; the others are still read
    bool is_template = false;        // Helm's or another's {{ }}: nothing of it is read, and that is no problem
};

KubeFile read_kube(std::string_view text, const std::string& file);

// "spec.template.spec"; null: it isn't there.
const sys::YamlNode* kube_at(const sys::YamlNode& node, std::string_view path);
std::string kube_text(const sys::YamlNode& node, std::string_view path); // of a scalar; empty: there is none
bool kube_true(const sys::YamlNode& node, std::string_view path);

// The template of the pods that a workload starts, of a Pod itself the whole: `metadata` and `spec`. Null: no workload.
const sys::YamlNode* kube_pod(const KubeObject& object);

}
