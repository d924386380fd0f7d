#pragma once
#include "base/result.h"
#include "deploy/settings.h"
#include <string>
#include <string_view>

namespace fairlead::deploy {

Result<void> check_url(const std::string& url); // error (usage): nginx can't listen there

// A word of nginx's configuration that means `text`. Error (usage): it holds a control character.
Result<std::string> quote_for_nginx(std::string_view text);

// A file for nginx's http {}: written once, it never changes from one release to the next, so that nothing is reloaded
// while requests run. Error (usage): the url can't be listened at, or a value has no place in such a file.
Result<std::string> render_nginx(const Settings& settings);

}
