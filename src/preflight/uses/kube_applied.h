#pragma once
#include "preflight/project.h"
#include <string>
#include <string_view>

// Finds what pipelines hand to a cluster, manifest by manifest, and what they leave.
namespace fairlead::preflight {

// Adds to project.doubtful a manifest that no pipeline applies, where they name each file that they apply, and that has
// an object of one of these; and a compose file that nobody names, of services that a pipeline has in a cluster.
// Manifests, Dockerfiles and compose files must be known already.
void note_left_by_pipelines(Project& project);

// Returns whether nobody starts such a compose file, and a cluster may have all of it.
bool is_left_to_cluster(const Project& project, const std::string& compose);

// Returns whether a manifest that may be deployed has the value, and it is no word that many have.
bool is_in_manifest(const Project& project, std::string_view value);

}
