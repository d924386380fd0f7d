#pragma once
#include "cli/spec.h"
#include <string>

namespace fairlead::cli {

// The tool's page of section 1 in the language of mdoc(7): `fairlead-x --render man` prints it.
std::string render_man(const Spec& spec);

}
