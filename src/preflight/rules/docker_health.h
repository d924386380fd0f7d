#pragma once
#include "preflight/rule.h"

// Whether anybody sees a container hang.
namespace fairlead::preflight::docker {

void docker_healthcheck(const Dockerfile& subject, const Project& project, Hits& hits);
void healthcheck_path(const Dockerfile& subject, const Project& project, Hits& hits);

}
