#pragma once
#include "sys/data/yaml.h"
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace fairlead::preflight {

struct Project;

// What the manifests of a project have, by the names under which others ask for it.
struct KubeNames {
    struct Pod {
        const std::string* space;
        const sys::YamlNode* labels;
    };
    std::map<std::string, std::vector<Pod>> pods; // by label: "app=web"
    std::set<std::string> services;
    // Of ConfigMaps and Secrets, by kind and name. Those to which kustomize's generators may add are left out.
    std::map<std::pair<std::string, std::string>, std::set<std::string>> keys;
};

// Made for the first rule that asks, and kept: each manifest is asked about all.
const KubeNames& kube_names(const Project& project);

}
