#pragma once
#include "preflight/machine.h"
#include "preflight/project.h"
#include "read/manifest.h"
#include <string>
#include <vector>

// How the rules of the group host look at a project: what it declares of the machine that is to run it.
namespace fairlead::preflight {

struct Declared {
    std::string file;
    read::Runtime runtime;
};
// What the project's manifests ask of the interpreters of this machine.
std::vector<Declared> declared_runtimes(const Project& project);

// Whether images bring what the host lacks.
inline bool runs_in_containers(const Project& project) {
    return !project.dockerfiles.empty() || !project.composes.empty();
}

}
