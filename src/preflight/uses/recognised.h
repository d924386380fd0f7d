#pragma once
#include "preflight/project.h"

// Checks whether a file contains anything typical of its kind. Rules don't judge an unrecognised file, so it must not
// count as checked.
namespace fairlead::preflight {

bool is_recognised(const EnvFile& one); // a variable has a value
bool is_recognised(const Compose& one); // it has a service, or a mistake in it was found
bool is_recognised(const Nginx& one);   // it has a directive of nginx itself
bool is_recognised(const Unit& one);    // a section of systemd has a setting

// Returns whether the project has a subject for the rules of `group`, even if it wasn't judged. Always true for a group
// with several kinds of subjects.
bool has_subject_of(std::string_view group, const Project& project);

// Notes unrecognised files. A broken file fails the run; an intact file of another program or module is only a warning.
// An env file may be empty.
void note_unrecognised(Project& project);

}
