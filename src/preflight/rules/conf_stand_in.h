#pragma once
#include "preflight/project.h"
#include <string>
#include <string_view>

// Decides whether a secret's default in the source matters: whether it gives access, and whether a deployment uses it.
namespace fairlead::preflight {

// Returns whether the default is a dummy for another company's API or a login provider, which refuses it:
// CONTENTFUL_ACCESS_TOKEN = "FAKE_API_KEY".
bool is_refused_elsewhere(std::string_view source, std::string_view name, std::string_view value);

// Returns whether the source compares the variable, or the name that the line assigns it to, with an outside value,
// such as a request's X-Token.
bool lets_in_requests(std::string_view source, std::string_view line, std::string_view name);

// Returns whether every deployment that the project describes sets the variable, so that the default in `line` is never
// used: each compose service built with the file sets it, and nothing else runs the file.
bool is_set_by_each_deployment(const Project& project, const std::string& path, std::string_view line,
                               const std::string& name);

}
