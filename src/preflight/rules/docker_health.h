#pragma once
#include "preflight/parts/compose_parts.h"
#include "preflight/project.h"
#include <string_view>

// Checks whether a container that hangs would be noticed.
namespace fairlead::preflight::docker {

// whether an official image is known not to have it
bool lacks_tool(const compose::ImageParts& image, std::string_view tool);
bool installs(const Dockerfile& file, std::string_view tool); // a RUN below the target names it

void docker_healthcheck(const Dockerfile& subject, const Project& project, Hits& hits);
void docker_healthcheck_tool(const Dockerfile& subject, const Project& project, Hits& hits);
void docker_healthcheck_weak(const Dockerfile& subject, const Project& project, Hits& hits);
void healthcheck_path(const Dockerfile& subject, const Project& project, Hits& hits);

}
