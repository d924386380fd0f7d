#pragma once
#include "preflight/project.h"
#include "read/dockerfile.h"
#include <string>

// Finds what only development builds or starts, though its name doesn't say so.
namespace fairlead::preflight {

// Returns whether the image starts nothing by itself, and all services that build it are for development, have a
// command, and mount their source over it; and no workflow builds an image. The compose files must be known already.
bool is_built_to_develop(const Project& project, const std::string& path, const read::Dockerfile& file);

// Adds Django's settings to project.doubtful if only development starts the project: by its compose files and images,
// without a server for production among its packages. All but the env files must be known already.
void note_settings_of_development(Project& project);

}
