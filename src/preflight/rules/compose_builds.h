#pragma once
#include "preflight/parts/compose_parts.h"

// For compose-schema: checks what a service is built from.
namespace fairlead::preflight::compose {

// Reports a build whose Dockerfile is missing, or whose target is no stage. Nothing is reported for a build outside of
// the project, from a URL or in a submodule, because it is unknown.
void build_missing(const Compose& compose, const ComposeService& service, const Project& project, Hits& hits);

}
