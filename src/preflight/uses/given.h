#pragma once
#include "preflight/project.h"
#include <optional>
#include <string>
#include <string_view>

// Finds who sets a variable when the project is installed: a default of it is then what a forgotten variable gives,
// and no proof of what runs.
namespace fairlead::preflight {

struct Giver {
    std::string file;
    int line = 0;             // 0: the file as a whole
    std::string text() const; // for a message: "DEPLOY.md:35", at most 24 characters
};

// Returns where the project has the variable set for `user`, a source or compose file with the default in `line`: a
// comment there; a page of a folder above it that names the variable and not the default, where it isn't about
// development; a script that gives it another value; a platform's file that lists it; a workflow that deploys and takes
// it from the repository's secrets; a pod that takes it from a Secret; or such a page copies an env template that has
// another value. Nothing: nobody sets it, or the project hands the default out itself.
std::optional<Giver> giver_of(const Project& project, const std::string& user, int line, const std::string& name,
                              std::string_view fallback);

// The same for what the source file at `path` reads: also an env file that isn't in the repository and that each
// service that runs the file requires; and nothing where compose runs the file and gives it no variable of the name.
std::optional<Giver> giver_for(const Project& project, const std::string& path, int line, const std::string& name,
                               std::string_view fallback);

// Returns whether the project hands that value out itself: in an env file that is tracked and isn't for development,
// or in a script, or in a template that a script copies.
bool hands_out(const Project& project, const std::string& user, std::string_view name, std::string_view value);

}
