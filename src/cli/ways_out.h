#pragma once
#include "cli/spec.h"
#include <string>
#include <string_view>

namespace fairlead::cli {

// A command of this tool that a message names is typed as it stands there. What the run was told by --env it gets as
// well: "run: fairlead-migrate repair 1" becomes "run: fairlead-migrate repair --env staging 1".
std::string with_environment(std::string_view text, const Spec& spec, std::string_view environment);

}
