#pragma once
#include "deploy/world.h"
#include <string>
#include <vector>

// The router's processes: on this host or, with router.container, in a container of its engine.
namespace fairlead::deploy {

// Runs a program of the router in the place where the router runs.
Result<sys::Output> run_beside_router(const World& world, std::vector<std::string> argv);
// Returns the process whose network namespace the router uses: 0 for our own, or else the container's first process.
// Error (could_not): the container doesn't run.
Result<int> router_process(const World& world);
Result<void> signal_container(const World& world, const std::string& signal); // HUP
// Returns the number of the router's connections to an address in the form of Upstream::address.
Result<int> open_connections(const World& world, const std::string& address);

}
