#pragma once
#include "preflight/project.h"
#include "read/compose/compose.h"

// Finds a compose file that is only an example of how to use an image.
namespace fairlead::preflight {

// Returns whether the root's page calls a block an example that has the file's services and images, and the project
// publishes one of these images. Then users write their own file.
bool is_example_of_image(const Project& project, const read::ComposeProject& alone);

}
