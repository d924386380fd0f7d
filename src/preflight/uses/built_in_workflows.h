#pragma once
#include "preflight/project.h"
#include <string>
#include <vector>

// Reads which images the workflows build: docker/build-push-action, and docker build of their scripts.
namespace fairlead::preflight {

// Returns what they build, for project.builds. project.workflows must be known already.
std::vector<WorkflowBuild> workflow_builds(const Project& project);

// Returns the Dockerfile once for each of its stages that a workflow pushes. Empty: no workflow names a stage.
std::vector<Dockerfile> pushed_stages(const Project& project, const Dockerfile& plain);

// Returns whether workflows push the Dockerfile's image only for some days, for tests, and nothing else names it.
bool is_built_to_expire(const Project& project, const std::string& path);

// Returns the Dockerfile that a workflow builds and pushes as an image of that name; null: none is known. An image's
// name that only GitHub knows may be this one, if its last part is.
const Dockerfile* dockerfile_pushed_as(const Project& project, std::string_view image);

// Returns whether workflows deploy the project without this image, which nothing but development builds: they hand its
// folder to a platform without containers, push other images only, or push what a Dockerfile of a folder above builds.
// `is_built`: compose files build it.
bool is_left_by_workflows(const Project& project, const std::string& path, bool is_built);

}
