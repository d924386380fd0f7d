#pragma once
#include "cli/spec.h"
#include <string>
#include <string_view>

namespace fairlead::cli {

// Adds --env to commands of this tool in a message, so that they can be copied: "run: fairlead-migrate repair 1"
// becomes "run: fairlead-migrate repair --env staging 1".
std::string with_environment(std::string_view text, const Spec& spec, std::string_view environment);

// The same for a run without a fairlead.yml: " --root /srv/shop" takes the place of --env, or is added.
std::string instead_of_environment(std::string_view text, const Spec& spec, std::string_view option);

}
