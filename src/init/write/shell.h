#pragma once
#include "init/write/jobs.h"
#include <string>
#include <vector>

// The chain's steps as lines of a POSIX shell, for CIs that know no actions of ours.
namespace fairlead::init {

std::vector<std::string> check_lines(const Writing& writing, const Component& component); // install ... gate, build
// Deploys, asks smoke, and takes back what this very run deployed where smoke says no.
std::vector<std::string> deploy_lines(const Writing& writing, const Component& component,
                                      const Environment& environment);

}
