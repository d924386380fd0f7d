#pragma once
#include "config/config.h"
#include "init/kit.h"
#include <string>
#include <vector>

namespace fairlead::init {

// What the program answers, each address once: as smoke's checks ask for it (production's laid over them), then as
// documents of OpenAPI (JSON) say it. A document that is none adds nothing.
std::vector<Endpoint> endpoints_of(const config::Config& config, const std::vector<std::string>& documents);

}
