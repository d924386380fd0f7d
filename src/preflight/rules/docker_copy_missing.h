#pragma once
#include "preflight/parts/docker.h"

namespace fairlead::preflight::docker {

// Tells of what COPY and ADD take out of the build context, and isn't there.
void copy_missing(const Dockerfile& subject, const Project& project, Hits& hits);

}
