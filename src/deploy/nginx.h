#pragma once
#include "base/result.h"
#include "deploy/settings.h"
#include <string>

namespace fairlead::deploy {

// A file for nginx's http {}: written once, it never changes from one release to the next, so that nothing is reloaded
// while requests run. Error (usage): the url can't be listened at.
Result<std::string> render_nginx(const Settings& settings);

}
