#pragma once
#include "preflight/project.h"
#include "read/compose.h"
#include <string>

// Finds who loads a configuration of nginx.
namespace fairlead::preflight {

// Returns whether the service mounts the configuration, or its image copies it.
bool uses_nginx(const read::ComposeService& service, const Project& project, const std::string& file);

// Returns whether the file is a part for a server that another file begins, without a block, and no file of the project
// names it or its folder, to include, copy or mount it.
bool is_part_of_nobody(const Project& project, const Nginx& one);

// Returns whether an image copies the file to where nginx reads it as it is, and starts nginx without a script of its
// own, and nothing of the project calls envsubst: ${PORT} stays in it.
bool is_copied_as_it_is(const Project& project, const Nginx& one);

// Returns whether every nginx that is deployed by compose has a configuration of its own, one of them has the machine's
// port 80 or 443, and nothing mounts, copies or names this file, nor its folder. The Dockerfiles must be known already.
bool is_left_by_every_nginx(const Project& project, const Nginx& one);

}
