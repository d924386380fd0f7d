#pragma once
#include "preflight/project.h"
#include "read/compose/compose.h"
#include <string>

// Finds who loads a configuration of nginx.
namespace fairlead::preflight {

// Returns whether the service mounts the configuration, or its image copies it.
bool uses_nginx(const read::ComposeService& service, const Project& project, const std::string& file);

// Returns whether it lies below docker/, no file names its folders there, nothing beside them has nginx, and another
// configuration of the project is named: what remains of a stack that isn't here.
bool is_of_missing_stack(const Project& project, const Nginx& one);

// Returns whether the file is a part for a server that another file begins, without a block, and no file of the project
// names it or its folder, to include, copy or mount it.
bool is_part_of_nobody(const Project& project, const Nginx& one);

// Returns whether an image copies the file to where nginx reads it as it is, and starts nginx without a script of its
// own, and nothing of the project calls envsubst: ${PORT} stays in it.
bool is_copied_as_it_is(const Project& project, const Nginx& one);

// Returns whether every nginx that is deployed by compose has a configuration of its own, one of them has the machine's
// port 80 or 443, and nothing mounts, copies or names this file, nor its folder. The Dockerfiles must be known already.
bool is_left_by_every_nginx(const Project& project, const Nginx& one);

// Returns whether everyone who loads the file is a compose file of which it is open whether it is deployed, and one of
// them is what compose takes by itself; or such a file loads configurations of nginx from the folders beside this one
// and nobody loads or names this one. The compose files and the Dockerfiles must be known already.
bool is_loaded_in_doubt(const Project& project, const Nginx& one);

// The same of a file that is mounted by its name, ./php/php.ini, or copied into an image that may not be deployed.
bool is_mounted_in_doubt(const Project& project, const std::string& file);

}
