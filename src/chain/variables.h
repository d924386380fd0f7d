#pragma once
#include "base/result.h"
#include "config/config.h"
#include "sys/environment.h"
#include <string>
#include <vector>

// Chooses the environment of our tools in the chain. Their settings come only from fairlead.yml, so that no forgotten
// variable can turn a failure into a success, or a check into a change.
namespace fairlead::chain {

struct StepVariables {
    std::vector<std::string> pairs;   // NAME=value
    std::vector<std::string> ignored; // names of variables meant for this tool that it does not get
};

// Returns our variables without INPUT_* and without those of the tool's inputs. Variables for the tool's secrets, the
// deployed version and the format of the log stay.
Result<StepVariables> step_variables(const std::string& tool, sys::Child child);

// Returns the variables for a command of `run:`: our variables, without those that sys::Child::command removes.
// Variables that a key such as bearer_env names for another step are also removed, unless env.secrets or env.variables
// lists them. For a foreign change (config/change.h), the variables are those for a program of the project.
std::vector<std::string> command_variables(const config::Config& config, const std::string& environment);

// Sets the variable, and replaces an earlier value.
void set_variable(std::vector<std::string>& pairs, const std::string& name, const std::string& value);

// Returns FAIRLEAD_GATE_DRY_RUN, for example.
std::string variable_of(const std::string& tool, const std::string& input);

}
