#pragma once
#include "preflight/kinds.h"
#include "preflight/look.h"
#include "preflight/project.h"
#include <map>
#include <string>
#include <vector>

namespace fairlead::preflight {

bool says_kube(std::string_view text);                         // Kubernetes', as far as its first lines say so
bool has_stage(const Dockerfile& file, std::string_view name); // by name or number
// What docker takes where Dockerfile is asked for: dockerfile, if only that is there.
std::string dockerfile_taken(const Project& project, std::string path);

// Reads each file as what it is, and tells what belongs together: overrides with their compose file, a Dockerfile with
// the service that builds it, an env file with those who read it.
void add_subjects(Project& project, const Wanted& wanted, std::map<FileKind, std::vector<std::string>> found);

}
