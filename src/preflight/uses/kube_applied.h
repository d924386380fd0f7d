#pragma once
#include "preflight/project.h"
#include <string>
#include <string_view>

// Finds the manifests that pipelines apply to a cluster, and those that they leave out.
namespace fairlead::preflight {

// Adds files to project.doubtful. If pipelines name each manifest that they apply: a manifest that they don't apply,
// but that has an object of an applied one. Also a compose file that nobody names, if a pipeline runs its services in a
// cluster. Manifests, Dockerfiles and compose files must be known before.
void note_left_by_pipelines(Project& project);

// Returns whether nobody starts a doubtful compose file, and a cluster may run its services.
bool is_left_to_cluster(const Project& project, const std::string& compose);

// Returns whether a manifest that may be deployed sets this value, which must be long enough not to match by chance.
bool is_in_manifest(const Project& project, std::string_view value);

}
