#pragma once
#include "preflight/project.h"
#include <string>
#include <string_view>

// What a default of a secret in the source is worth: whom it lets in, and whether a deployment ever takes it.
namespace fairlead::preflight {

// Returns whether the default is a dummy for somebody else's API or for a provider of logins, which refuses it: nobody
// gets in by CONTENTFUL_ACCESS_TOKEN = "FAKE_API_KEY".
bool is_refused_elsewhere(std::string_view source, std::string_view name, std::string_view value);

// Returns whether the source compares the variable, or what the line assigns it to, with something that isn't written
// there: X-Token of a request.
bool lets_in_requests(std::string_view source, std::string_view line, std::string_view name);

// Returns whether each deployment that the project shows sets the variable, so that the default in `line` is never
// taken there: each compose service that is built with the file, and there are no other ways to run it.
bool is_set_by_each_deployment(const Project& project, const std::string& path, std::string_view line,
                               const std::string& name);

}
