#pragma once
#include "preflight/parts/compose_parts.h"

// What a service is built of, for compose-schema.
namespace fairlead::preflight::compose {

// Reports a build whose Dockerfile isn't there, or whose target no FROM names. One out of the project, of a URL or in a
// submodule: nobody here knows.
void build_missing(const Compose& compose, const ComposeService& service, const Project& project, Hits& hits);

}
