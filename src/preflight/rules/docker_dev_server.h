#pragma once
#include "preflight/rules/docker.h"

// Finds servers for development that an image starts, itself or through scripts and package.json.
namespace fairlead::preflight::docker {

void dev_server(const Dockerfile& subject, const Project& project, Hits& hits);

}
