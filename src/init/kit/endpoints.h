#pragma once
#include "config/config.h"
#include "init/kit.h"
#include <string>
#include <vector>

namespace fairlead::init {

// Returns the addresses that the program answers, each once: first from smoke's checks (with production's merged over
// them), then from OpenAPI documents (JSON). Other documents add nothing.
std::vector<Endpoint> endpoints_of(const config::Config& config, const std::vector<std::string>& documents);

}
