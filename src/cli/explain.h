#pragma once
#include "cli/run.h"
#include <string>
#include <vector>

// Prints --explain-config: one line `name = value (where it came from)` for each value.
namespace fairlead::cli {

std::string explain_inputs(const std::vector<Input>& inputs, const Context& context);
// Explains values that only fairlead.yml can set: the environment's own keys, and keys of the tool's section without an
// input.
std::string explain_file(const Spec& spec, const Context& context);

}
