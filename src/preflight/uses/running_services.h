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
// Returns the services of compose files that aren't for development whose image is built with the file: the Dockerfile
// or its context lies in a folder above it, and none lies nearer.
std::vector<RunningService> services_built_with(const Project& project, const std::string& path);

// Returns whether the project shows no other deployment of that file than these services: no manifest names the folder
// that they are built in, and no workflow pushes an image.
bool is_run_by_compose_only(const Project& project, const std::vector<RunningService>& services);

// Returns whether a router leads to the service: it publishes a port, has the host's network, carries labels or
// variables for a router, or the configuration of one names it.
bool is_reached_from_outside(const Project& project, const RunningService& running);

}
