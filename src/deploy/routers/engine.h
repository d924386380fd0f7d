#pragma once
#include "deploy/world.h"
#include <string>
#include <vector>

// The router's processes: on this host, or, with router.container, in a container of its engine.
namespace fairlead::deploy {

// Runs a program of the router's, where the router runs.
Result<sys::Output> run_beside_router(const World& world, std::vector<std::string> argv);
// Whose network namespace the router is in: 0, ours; else the container's first process. Error (could_not): it doesn't
// run.
Result<int> router_process(const World& world);
Result<void> signal_container(const World& world, const std::string& signal); // HUP
// Connections that the router has with an address of Upstream's.
Result<int> open_connections(const World& world, const std::string& address);

}
