#pragma once
#include "cli/spec.h"
#include "cli/words.h"
#include "config/change.h"
#include "sys/environment.h"

namespace fairlead::cli {

// Registers with mask() every secret that a run may meet. This happens before anything is checked, because an error may
// quote any text. Secrets are: tokens of CI and proxies, secret inputs, header and URL inputs, and secrets that
// fairlead.yml refers to. `words` is empty if the command line could not be parsed.
void register_secrets(const Spec& spec, const std::vector<std::string>& arguments, const Words& words,
                      const config::Change& change, const sys::Environment& variables);

}
