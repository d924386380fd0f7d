#pragma once
#include "chain/chain.h"
#include <optional>
#include <string>
#include <vector>

// What `fairlead run` and `fairlead doctor` both ask before anything acts, so that they say the same.
namespace fairlead::chain {

// How a tool of ours is started on this file: its program, what it does in a chain, --config, --env and the flags that
// the chain hands on.
std::vector<std::string> tool_command(const config::Config& config, const std::string& tool,
                                      const std::string& environment, const std::vector<std::string>& flags);

// A tool's own judgement of its section and inputs, semantics included (`--explain-config` acts on nothing).
struct Complaint {
    std::string tool, environment;
    Kind kind = Kind::usage;
    std::string text; // as the tool says it on stderr: masked and disarmed; ends with a newline
};
std::optional<Complaint> ask_tool(const config::Config& config, const std::string& tool, const std::string& environment,
                                  const std::vector<std::string>& flags);

// A program, a module or a file that a step can't do without.
struct Need {
    std::string program; // looked for in PATH (ours: beside this one, too), or an absolute path
    std::string why;
    std::string way_out; // a command to run, or a sentence
    bool required = true;
    std::string python = {};             // not a program, but a module of this one
    std::vector<std::string> files = {}; // not a program, but one of these files in the folder
    std::string target = {};             // of make, or a script of npm's: must stand in the file
    std::string folder = {};             // of the step, from that of fairlead.yml
};

Need program_need(const std::string& program, std::string why);
// Where it is, seen from `folder`, or nothing.
std::optional<std::string> locate(const Need& need, const std::string& folder);

// The program of `target.command`, unless it is part of the release.
std::optional<Need> serving_need(const config::Config& config, const std::string& environment);

// The programs of commands that are in no PATH. A path within the repository counts only for the first command: an
// earlier one may make it.
std::vector<Need> missing_programs(const std::vector<Step>& steps, const std::string& folder);

}
