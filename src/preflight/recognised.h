#pragma once
#include "preflight/project.h"

// Whether anything in a subject is what its kind says. What isn't recognised was judged by no rule, and speaks for
// nothing.
namespace fairlead::preflight {

bool is_recognised(const EnvFile& one); // it gives a variable a value
bool is_recognised(const Compose& one); // it has a service, or what is wrong with it was found
bool is_recognised(const Nginx& one);   // a directive is nginx's own
bool is_recognised(const Unit& one);    // a setting stands in a section of systemd's

// Of compose files, nginx configurations and units: a broken file is a no by itself; one that is whole may be another
// program's or another module's, and is a warning. Env files may be empty.
void note_unrecognised(Project& project);

}
