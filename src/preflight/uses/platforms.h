#pragma once
#include "preflight/project.h"
#include <string_view>

// Finds platforms that run containers without a host of one's own: Cloud Run, Railway, Fly, App Runner, Heroku, Render.
namespace fairlead::preflight {

// Returns the platform's name if the files say that the image runs on one: by its configuration in the Dockerfile's
// folder, by the workflow that builds the image and deploys it there, or by a comment in the Dockerfile. Empty: nothing
// says so, or a compose file or a manifest that is deployed runs the image as well.
std::string_view platform_of(const Project& project, const Dockerfile& image);

// Returns whether render.yaml has the Dockerfile's folder served without an image: `runtime: static`, `runtime: node`.
bool is_served_without_image(const Project& project, const std::string& path);

// Returns whether the image is for Spaces of Hugging Face, which run every image as user 1000: its folder's README says
// `sdk: docker`, a workflow pushes it there, or a comment of the Dockerfile names them and their port, 7860. A compose
// file or a manifest that is deployed runs it elsewhere.
bool is_in_space(const Project& project, const Dockerfile& image);

}
