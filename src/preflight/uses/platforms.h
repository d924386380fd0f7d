#pragma once
#include "preflight/project.h"
#include <string_view>

// Finds platforms that run containers without one's own host: Cloud Run, Railway, Fly, App Runner, Heroku, Render.
namespace fairlead::preflight {

// Returns the platform that the image runs on, by the platform's configuration in the Dockerfile's folder, the workflow
// that builds the image and deploys it there, or a comment in the Dockerfile. Empty: none of these, or a deployed
// compose file or manifest runs the image, too.
std::string_view platform_of(const Project& project, const Dockerfile& image);

// Returns whether render.yaml serves the Dockerfile's folder without an image: `runtime: static`, `runtime: node`.
bool is_served_without_image(const Project& project, const std::string& path);

// Returns whether the image is for Spaces of Hugging Face, which run every image as user 1000: its folder's README says
// `sdk: docker`, a workflow pushes it there, or a comment in the Dockerfile names Spaces and their port 7860. False if
// a deployed compose file or manifest runs it elsewhere.
bool is_in_space(const Project& project, const Dockerfile& image);

}
