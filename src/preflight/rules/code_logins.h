#pragma once
#include "preflight/project.h"
#include <string_view>

// How programs know a visitor: browsers send cookies along by themselves, and an Authorization header only where a
// script of the page writes it, so a login by a header alone is safe from other sites.
namespace fairlead::preflight {

// Returns whether source in the language of the file at `path` sets or reads cookies. Components of pages don't count:
// they keep the state of a page in them.
bool sends_cookies(const Project& project, std::string_view path);

// Returns whether there is source of servers, and none of it sets or reads cookies.
bool is_without_cookies(const Project& project);

}
