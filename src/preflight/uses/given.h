#pragma once
#include "preflight/project.h"
#include <optional>
#include <string>
#include <string_view>

// Finds out where a variable is set when the project is installed. If it is set, its default applies only if somebody
// forgets the variable, and doesn't prove what runs.
namespace fairlead::preflight {

struct Giver {
    std::string file;
    int line = 0;             // 0: the whole file
    std::string text() const; // for a message: "DEPLOY.md:35", at most 24 characters
};

// Returns where the variable is set for `user`, a source or compose file with the default in `line`. This is: a comment
// there; a page in a folder above that names the variable without the default, outside of parts about development; such
// a page that copies an env template with another value; a script that sets another value; a platform's file that lists
// it; a workflow that deploys and reads it from the repository's secrets; a pod that reads it from a Secret. Nothing:
// nobody sets it, or the project itself distributes the default.
std::optional<Giver> giver_of(const Project& project, const std::string& user, int line, const std::string& name,
                              std::string_view fallback);

// Does the same for a variable that the source file at `path` reads. An env file outside of the repository also counts,
// if each service that runs the file requires it. Nothing if compose runs the file without such a variable.
std::optional<Giver> giver_for(const Project& project, const std::string& path, int line, const std::string& name,
                               std::string_view fallback);

// Returns whether the project itself distributes this value: in a tracked env file that isn't for development, in a
// script, or in a template that a script copies.
bool hands_out(const Project& project, const std::string& user, std::string_view name, std::string_view value);

}
