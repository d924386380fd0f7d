#pragma once
#include "sys/data/yaml.h"
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace fairlead::preflight {

struct Project;

// The objects in a project's manifests, by the names that refer to them.
struct KubeNames {
    struct Pod {
        const std::string* space;
        const sys::YamlNode* labels;
    };
    std::map<std::string, std::vector<Pod>> pods; // by label: "app=web"
    std::set<std::string> services;
    // Keys of ConfigMaps and Secrets, by kind and name, except those that kustomize's generators may extend.
    std::map<std::pair<std::string, std::string>, std::set<std::string>> keys;
};

// Made when a rule first asks, and kept.
const KubeNames& kube_names(const Project& project);

}
