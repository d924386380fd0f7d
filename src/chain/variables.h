#pragma once
#include "base/result.h"
#include "config/config.h"
#include "sys/environment.h"
#include <string>
#include <vector>

// What a tool of ours in the chain sees of our environment: its settings come from fairlead.yml alone, so that no
// variable that somebody left lying about turns a no of the chain into a yes, or a look into an act.
namespace fairlead::chain {

struct StepVariables {
    std::vector<std::string> pairs;   // NAME=value
    std::vector<std::string> ignored; // names that were meant for this tool, and that it does not get
};

// Ours without INPUT_* and without the variables of the tool's inputs; its secrets, the version that is deployed and
// how the log looks stay.
Result<StepVariables> step_variables(const std::string& tool, sys::Child child);

// What a command of `run:` sees: ours, less what sys::Child::command leaves out and what another step's key names
// (bearer_env), unless env.secrets or env.variables has it; of a foreign change as a program of the project.
std::vector<std::string> command_variables(const config::Config& config, const std::string& environment);

// In place of what was there under that name.
void set_variable(std::vector<std::string>& pairs, const std::string& name, const std::string& value);

// FAIRLEAD_GATE_DRY_RUN
std::string variable_of(const std::string& tool, const std::string& input);

}
