#pragma once
#include "preflight/parts/docker.h"

// Finds servers for development that an image starts, itself or through scripts and package.json.
namespace fairlead::preflight::docker {

void dev_server(const Dockerfile& subject, const Project& project, Hits& hits);

// Returns whether each package.json that has the script only starts node in it, without a watcher: node server.js.
bool only_starts_node(const Project& project, std::string_view script);

}
