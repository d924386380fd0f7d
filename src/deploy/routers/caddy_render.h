#pragma once
#include "base/result.h"
#include "deploy/settings.h"
#include <string>
#include <string_view>
#include <vector>

namespace fairlead::deploy {

// Returns a site for Caddy's Caddyfile (`import FILE`), the same for every release. Error (usage): a value isn't
// allowed in it.
Result<std::string> render_caddy(const Settings& settings);

// Checks that a configuration, as JSON from Caddy's API, uses these links, with a new connection for each request.
// Error (usage) says what to fix. Error (could_not): the text is not JSON.
Result<void> check_caddy_config(std::string_view json, const std::vector<std::string>& links);

}
