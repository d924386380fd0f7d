#pragma once
#include "preflight/project.h"
#include "read/compose/compose.h"
#include <string>

// Finds out what loads an nginx configuration.
namespace fairlead::preflight {

// Returns whether the service mounts the configuration, or its image copies it.
bool uses_nginx(const read::ComposeService& service, const Project& project, const std::string& file);

// Returns whether it is left over from a stack that is gone: it is below docker/, no file names its folders there,
// nothing next to them has nginx, and another configuration of the project is named.
bool is_of_missing_stack(const Project& project, const Nginx& one);

// Returns whether the file has no block, so that another file must include it, and no file of the project names it or
// its folder.
bool is_part_of_nobody(const Project& project, const Nginx& one);

// Returns whether ${PORT} in the file stays as it is: an image copies it to where nginx reads it and starts nginx
// without its own script, and nothing in the project calls envsubst.
bool is_copied_as_it_is(const Project& project, const Nginx& one);

// Returns whether every nginx that compose deploys has its own configuration, one of them has the machine's port 80 or
// 443, and nothing mounts, copies or names this file or its folder. The Dockerfiles must be known before.
bool is_left_by_every_nginx(const Project& project, const Nginx& one);

// Returns whether the project has no nginx that could load the file: it has deployed compose files, Dockerfiles or
// manifests, none of them, no script and no page has nginx, and nothing names the file or its folder. A file with a
// certificate, a host's name, or a program on the same machine may be for the host's own nginx. The compose files and
// the Dockerfiles must be known before.
bool is_left_without_nginx(const Project& project, const Nginx& one);

// Returns whether only doubtful compose files load the file, and compose uses one of them by itself. Also true if such
// a compose file loads nginx configurations from the folders next to this one, and nothing loads or names this one. The
// compose files and the Dockerfiles must be known before.
bool is_loaded_in_doubt(const Project& project, const Nginx& one);

// The same for a file that is mounted by its name (./php/php.ini), or copied into a doubtful image.
bool is_mounted_in_doubt(const Project& project, const std::string& file);

}
