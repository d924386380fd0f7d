#pragma once
#include "preflight/checklists/judge.h"
#include "sys/clock.h"
#include <set>
#include <string>
#include <vector>

// Runs the commands of items: our own tools next to this program, without a shell, each command once.
namespace fairlead::preflight {

// The settings for commands: --env, --config and the folder where they start.
struct Asking {
    std::string folder, config_file, environment;
};

// Returns the program and its arguments: the command with --config and --env, unless the item itself names an
// environment.
std::vector<std::string> words_of(const std::vector<std::string>& command, const Asking& asking);

Ran run_command(const std::vector<std::string>& command, Milliseconds timeout, const Asking& asking);

// Runs the commands of these items, each once, with the longest time limit of its items. A stop request ends the run.
Result<std::map<std::vector<std::string>, Ran>> run_commands(const std::vector<const Item*>& items,
                                                             const Asking& asking);

// Returns whether fairlead-deploy has deployed something in the environment; also true if it can't say.
bool ask_deployed(const Asking& asking);

}
