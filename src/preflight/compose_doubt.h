#pragma once
#include "preflight/project.h"
#include "read/compose.h"
#include <string>

// Finds marks of development in a compose file and in what the project says of it.
namespace fairlead::preflight {

// Returns whether the service is an application, and not what one stands on or what those who develop it look at.
bool is_application(const read::ComposeService& service);

// Adds all files to project.doubtful if the project's page says that it is not for production.
void note_denial(Project& project);

// Adds the file to project.doubtful if it has such marks: somebody may start it for users all the same, so it is
// examined, but proves nothing. `alone`: the file without others.
void note_doubt(Project& project, const std::string& path, const read::ComposeProject& alone);

}
