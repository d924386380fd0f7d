#pragma once
#include "preflight/project.h"
#include "read/compose/compose.h"

// Finds a compose file that shows how to use an image.
namespace fairlead::preflight {

// Returns whether the root's page has a block that it calls an example, with the file's services and images, one of
// which the project publishes: whoever installs the image writes a file of his own.
bool is_example_of_image(const Project& project, const read::ComposeProject& alone);

}
