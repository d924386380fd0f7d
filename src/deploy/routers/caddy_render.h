#pragma once
#include "base/result.h"
#include "deploy/settings.h"
#include <string>
#include <string_view>
#include <vector>

namespace fairlead::deploy {

// A site for Caddy's Caddyfile (`import FILE`), which never changes. Error (usage): a value has no place in it.
Result<std::string> render_caddy(const Settings& settings);

// That a configuration, as Caddy's API gives it (JSON), asks those links, each time on a new connection. Error (usage)
// with what is to be mended; error (could_not): it is no JSON.
Result<void> check_caddy_config(std::string_view json, const std::vector<std::string>& links);

}
