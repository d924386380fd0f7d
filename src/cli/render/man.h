#pragma once
#include "cli/spec.h"
#include <string>

namespace fairlead::cli {

// Returns the tool's manual page (section 1) in mdoc(7): `fairlead-x --render man` prints it.
std::string render_man(const Spec& spec);

}
