#pragma once
#include "preflight/project.h"
#include <string_view>

// How programs recognise a logged-in visitor. Browsers send cookies by themselves, but an Authorization header only if
// a script of the page sets it, so a login by header alone is safe from other sites.
namespace fairlead::preflight {

// Returns whether source in the language of the file at `path` sets or reads cookies. Page components are ignored,
// because they keep the state of a page in cookies.
bool sends_cookies(const Project& project, std::string_view path);

// Returns whether there is server source, and none of it sets or reads cookies.
bool is_without_cookies(const Project& project);

}
