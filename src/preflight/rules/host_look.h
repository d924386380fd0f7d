#pragma once
#include "preflight/host/machine.h"
#include "preflight/project.h"
#include "read/manifest.h"
#include <string>
#include <vector>

// Finds a project's requirements for the machine that will run it, for the rules of the group host.
namespace fairlead::preflight {

struct Declared {
    std::string file;
    read::Runtime runtime;
};
// Returns the interpreters that the project's manifests require on this machine.
std::vector<Declared> declared_runtimes(const Project& project);

// Returns whether the project runs in containers, whose images may contain what the host lacks.
inline bool runs_in_containers(const Project& project) {
    return !project.dockerfiles.empty() || !project.composes.empty();
}

}
