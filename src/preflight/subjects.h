#pragma once
#include "preflight/kinds.h"
#include "preflight/look.h"
#include "preflight/project.h"
#include <map>
#include <string>
#include <vector>

namespace fairlead::preflight {

bool says_kube(std::string_view text);                         // the first lines look like Kubernetes
bool has_stage(const Dockerfile& file, std::string_view name); // by name or number
// Returns the file that docker uses for `path`: "dockerfile" instead of "Dockerfile" if only the former exists.
std::string dockerfile_taken(const Project& project, std::string path);

// Reads each file by its kind, and connects files that belong together: overrides with their compose file, a Dockerfile
// with the service that builds it, an env file with its readers.
void add_subjects(Project& project, const Wanted& wanted, std::map<FileKind, std::vector<std::string>> found);

// Returns the profile of a file: by its name and folder, else by its first comment.
Profile profile_by_words(const Project& project, const std::string& path, std::string_view text);

}
