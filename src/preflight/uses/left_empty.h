#pragma once
#include "preflight/project.h"
#include <string>
#include <string_view>

// Finds files without content that nobody uses, because another file of their kind is used in their folder.
namespace fairlead::preflight {

// Returns whether the text has only blank lines and comments.
bool says_nothing(std::string_view text);

// Returns whether a Dockerfile or a compose file without content is left over: no compose file, script or workflow uses
// it, but one of them uses another file of its kind in its folder. The workflows must be known before.
bool is_left_empty(const Project& project, const std::string& path);

}
