#pragma once
#include "preflight/project.h"
#include <string>
#include <vector>

// Finds the images that workflows build, by docker/build-push-action or by docker build in their scripts.
namespace fairlead::preflight {

// Returns the images that the workflows build, for project.builds. project.workflows must be filled before.
std::vector<WorkflowBuild> workflow_builds(const Project& project);

// Returns a copy of the Dockerfile for each of its stages that a workflow pushes. Empty: no workflow names a stage.
std::vector<Dockerfile> pushed_stages(const Project& project, const Dockerfile& plain);

// Returns whether workflows push the Dockerfile's image only for tests, to be deleted after some days, and nothing else
// names it.
bool is_built_to_expire(const Project& project, const std::string& path);

// Returns the Dockerfile that a workflow builds and pushes as an image of that name; null: none is known. If only
// GitHub knows a pushed image's full name, its last part is compared.
const Dockerfile* dockerfile_pushed_as(const Project& project, std::string_view image);

// Returns whether workflows deploy the project without this image, so that only development uses it: they deploy its
// folder to a platform without containers, push only other images, or push the image of a Dockerfile in a folder above.
// `is_built`: compose files build it.
bool is_left_by_workflows(const Project& project, const std::string& path, bool is_built);

}
