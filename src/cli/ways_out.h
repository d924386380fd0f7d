#pragma once
#include "cli/spec.h"
#include <string>
#include <string_view>

namespace fairlead::cli {

// Adds --env and --config to commands of this tool in a message, so that they can be copied: "run: fairlead-migrate
// repair 1" becomes "run: fairlead-migrate repair --env staging 1". An empty `environment` or `config` isn't added.
std::string with_environment(std::string_view text, const Spec& spec, std::string_view environment,
                             std::string_view config = "");

// For a run with `input` instead of a fairlead.yml: replaces --env by " --root /srv/shop", or adds it, if the command
// has that input. A command after "in the folder of fairlead.yml: " stays as it is.
std::string instead_of_environment(std::string_view text, const Spec& spec, std::string_view input,
                                   std::string_view value);

}
