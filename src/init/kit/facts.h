#pragma once
#include "init/kit.h"
#include "init/kit/render.h"
#include <optional>
#include <string>
#include <vector>

namespace fairlead::init {

// The parts of a project that the kit is for.
struct Parts {
    std::optional<Component> service, site; // what answers requests, what is built to files
    std::string stack;                      // of the service; else react-vite
    std::vector<std::string> others;        // services that it isn't for, by name
};
// Error (usage): neither is there.
Result<Parts> parts_of(const Project& project, const Kit& kit);

Facts facts_of(const Parts& parts, const Kit& kit);
Samples samples_of(const Parts& parts, const Project& project, const Kit& kit);
Samples node_samples(const Component& component); // how it is installed and built, and by which Node
// README.md alone has these.
Samples readme_samples(const Parts& parts, const Project& project, const Kit& kit);

std::string started_by(const Parts& parts); // of the service: app:app, server.js
int port_of(const Parts& parts);
std::string health_of(const Parts& parts);

}
