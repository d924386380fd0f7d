#pragma once
#include "preflight/parts/docker.h"

// Finds development servers that an image starts, directly or through scripts and package.json.
namespace fairlead::preflight::docker {

void dev_server(const Dockerfile& subject, const Project& project, Hits& hits);

// Returns whether in each package.json that has the script, it only starts node without a watcher: node server.js.
bool only_starts_node(const Project& project, std::string_view script);

}
