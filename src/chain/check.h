#pragma once
#include "chain/chain.h"
#include <optional>
#include <string>
#include <vector>

// Checks that `fairlead run` and `fairlead doctor` share, before anything acts, so that both report the same.
namespace fairlead::chain {

// Returns the command line of one of our tools for this file: its program, its command in a chain, --config, --env and
// the flags that the chain passes on.
std::vector<std::string> tool_command(const config::Config& config, const std::string& tool,
                                      const std::string& environment, const std::vector<std::string>& flags);

// A tool's error about its section and inputs, including their meaning. It comes from `--explain-config`, which does
// not act.
struct Complaint {
    std::string tool, environment;
    Kind kind = Kind::usage;
    std::string text; // as printed on stderr: masked and disarmed, with a newline at the end
};
std::optional<Complaint> ask_tool(const config::Config& config, const std::string& tool, const std::string& environment,
                                  const std::vector<std::string>& flags);

// A program, a module or a file that a step needs.
struct Need {
    std::string program; // searched in PATH (our programs also next to this one), or an absolute path
    std::string why;
    std::string way_out; // a command to run, or a sentence
    bool required = true;
    std::string python = {};             // if set, `program` is a module of this Python
    std::vector<std::string> files = {}; // if set, one of these files must be in the folder
    std::string target = {};             // a target of make, or an npm script, that the file must have
    std::string folder = {};             // the step's folder, relative to fairlead.yml's folder
};

Need program_need(const std::string& program, std::string why);
// Returns the path of what is needed, searched from `folder`; nothing: not found.
std::optional<std::string> locate(const Need& need, const std::string& folder);

// Returns the program of `target.command`, unless it is part of the release.
std::optional<Need> serving_need(const config::Config& config, const std::string& environment);

// Returns the programs of commands that are not in PATH. A path in the repository is checked only for the first
// command, because an earlier command may create it.
std::vector<Need> missing_programs(const std::vector<Step>& steps, const std::string& folder);

}
