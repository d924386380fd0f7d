#pragma once
#include "preflight/project.h"
#include "read/compose/compose.h"
#include "read/dockerfile/dockerfile.h"
#include <initializer_list>
#include <string>
#include <string_view>

// Follows what a container starts through scripts and package.json: init.sh -> npm start -> nodemon.
namespace fairlead::preflight {

// Returns the folder's package.json's script of that name, as written; empty: there is none.
std::string script_of_package(const Project& project, const std::string& folder, const std::string& name);

// Returns whether what the image starts serves while its source changes. `folder`: its context.
bool serves_while_edited(const Project& project, const std::string& folder, const read::Dockerfile& file);
// The same of a service that mounts its source.
bool serves_while_edited(const Project& project, const read::ComposeService& service);

// Returns whether what the image starts has such words, each with a blank before and behind it.
bool starts_words(const Project& project, const std::string& folder, const read::Dockerfile& file,
                  std::initializer_list<std::string_view> words);

}
