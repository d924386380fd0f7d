#pragma once
#include "init/write/jobs.h"
#include <string>
#include <vector>

// The chain's steps as lines of a POSIX shell, for CIs that know no actions of ours.
namespace fairlead::init {

// fairlead in PATH: what is there, else the release by its digest; before a release an end that says so. Lines of a
// shell that ends at an error.
std::vector<std::string> bring_lines(const Writing& writing);
std::vector<std::string> check_lines(const Writing& writing, const Component& component); // install ... gate, build
// Files that staging leaves and production takes, the record first; none where production asks for no proof.
std::vector<std::string> handed_on(const Writing& writing, const Component& component);
// Deploys, asks smoke, and takes back what this very run deployed where smoke says no.
std::vector<std::string> deploy_lines(const Writing& writing, const Component& component,
                                      const Environment& environment);

}
