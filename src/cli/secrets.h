#pragma once
#include "cli/spec.h"
#include "cli/words.h"
#include "config/change.h"
#include "sys/environment.h"

namespace fairlead::cli {

// Registers with mask() every secret that a run may come across, before a word of it is judged: an error may quote
// anything. Tokens of the CI and of proxies, secret inputs, what the command line and inputs for headers and URLs hold,
// and what fairlead.yml leads to. `words` is empty where the command line could not be taken apart.
void register_secrets(const Spec& spec, const std::vector<std::string>& arguments, const Words& words,
                      const config::Change& change, const sys::Environment& variables);

}
