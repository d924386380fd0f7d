#pragma once
#include "preflight/project.h"
#include "read/compose/compose.h"
#include <string>
#include <vector>

// Finds the services that a source file runs in.
namespace fairlead::preflight {

struct RunningService {
    const Compose* compose = nullptr;
    const read::ComposeService* service = nullptr;
};
// Returns the services whose image is built with the file: the Dockerfile or its context is in a folder above the file,
// and no other Dockerfile is nearer. Compose files for development are left out.
std::vector<RunningService> services_built_with(const Project& project, const std::string& path);

// Returns whether the project shows no other deployment of the file than these services: no manifest names their build
// folder, and no workflow pushes an image.
bool is_run_by_compose_only(const Project& project, const std::vector<RunningService>& services);

// Returns whether a router leads to the service: it publishes a port, has the host's network, has labels or variables
// for a router, or a router's configuration names it.
bool is_reached_from_outside(const Project& project, const RunningService& running);

}
