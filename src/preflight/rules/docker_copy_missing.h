#pragma once
#include "preflight/parts/docker.h"

namespace fairlead::preflight::docker {

// Reports sources of COPY and ADD that are missing in the build context.
void copy_missing(const Dockerfile& subject, const Project& project, Hits& hits);

}
