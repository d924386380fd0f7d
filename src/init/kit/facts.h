#pragma once
#include "init/kit.h"
#include "init/kit/render.h"
#include <optional>
#include <string>
#include <vector>

namespace fairlead::init {

// The parts of a project that the kit supports.
struct Parts {
    std::optional<Component> service, site; // answers requests; is built to static files
    std::string stack;                      // stack of the service; else react-vite
    std::vector<std::string> others;        // names of services that the kit doesn't support
};
// Error (usage): there is neither a service nor a site.
Result<Parts> parts_of(const Project& project, const Kit& kit);

Facts facts_of(const Parts& parts, const Kit& kit);
Samples samples_of(const Parts& parts, const Project& project, const Kit& kit);
Samples node_samples(const Component& component); // how it is installed and built, and with which Node
// Returns samples that only README.md has.
Samples readme_samples(const Parts& parts, const Project& project, const Kit& kit);

std::string started_by(const Parts& parts); // how the service is started: app:app, server.js
int port_of(const Parts& parts);
// The command that updates the tables, in the image: alembic upgrade head; empty: the project has no tool of its own.
std::vector<std::string> migrate_words(const Parts& parts);
std::string health_of(const Parts& parts);

}
