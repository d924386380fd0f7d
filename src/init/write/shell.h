#pragma once
#include "init/write/jobs.h"
#include <string>
#include <vector>

// Writes the chain's steps as lines of a POSIX shell, for CIs for which we have no actions.
namespace fairlead::init {

// Returns lines that put fairlead into PATH: an installed fairlead, else the release, checked by its digest. Before the
// first release they fail with a message. The shell must end at an error.
std::vector<std::string> bring_lines(const Writing& writing);
std::vector<std::string> check_lines(const Writing& writing, const Component& component); // install ... gate, build
// Returns the files that staging passes to production, the record first; empty if production requires no proof.
std::vector<std::string> handed_on(const Writing& writing, const Component& component);
// Returns lines that deploy, run smoke, and undo this run's own deployment if smoke fails.
std::vector<std::string> deploy_lines(const Writing& writing, const Component& component,
                                      const Environment& environment);

}
