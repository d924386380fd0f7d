#pragma once
#include "cli/run.h"
#include <string>
#include <vector>

// --explain-config: `name = value (where it came from)`, a line each.
namespace fairlead::cli {

std::string explain_inputs(const std::vector<Input>& inputs, const Context& context);
// What only fairlead.yml says: the environment's own keys, and those of the tool's section that are no inputs.
std::string explain_file(const Spec& spec, const Context& context);

}
