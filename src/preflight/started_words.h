#pragma once
#include "preflight/project.h"
#include "read/compose.h"
#include "read/dockerfile.h"
#include <string>

// Follows what a container starts through scripts and package.json: init.sh -> npm start -> nodemon.
namespace fairlead::preflight {

// Returns whether what the image starts serves while its source changes. `folder`: its context.
bool serves_while_edited(const Project& project, const std::string& folder, const read::Dockerfile& file);
// The same of a service that mounts its source.
bool serves_while_edited(const Project& project, const read::ComposeService& service);

}
