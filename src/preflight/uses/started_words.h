#pragma once
#include "preflight/project.h"
#include "read/compose/compose.h"
#include "read/dockerfile/dockerfile.h"
#include <initializer_list>
#include <string>
#include <string_view>

// Follows a container's start command through scripts and package.json: init.sh -> npm start -> nodemon.
namespace fairlead::preflight {

// Returns the script of that name in the folder's package.json, as written; empty: there is none.
std::string script_of_package(const Project& project, const std::string& folder, const std::string& name);

// Returns whether the image starts a server that reloads changed source. `folder`: its context.
bool serves_while_edited(const Project& project, const std::string& folder, const read::Dockerfile& file);
// The same for a service that mounts its source.
bool serves_while_edited(const Project& project, const read::ComposeService& service);

// Returns whether the image's start command contains these words, each with a blank before and after it.
bool starts_words(const Project& project, const std::string& folder, const read::Dockerfile& file,
                  std::initializer_list<std::string_view> words);

}
