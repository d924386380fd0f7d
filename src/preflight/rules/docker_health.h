#pragma once
#include "preflight/rule.h"

// Checks whether a container that hangs would be noticed.
namespace fairlead::preflight::docker {

void docker_healthcheck(const Dockerfile& subject, const Project& project, Hits& hits);
void healthcheck_path(const Dockerfile& subject, const Project& project, Hits& hits);

}
