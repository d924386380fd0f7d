#pragma once
#include "preflight/checklists/judge.h"
#include "sys/clock.h"
#include <set>
#include <string>
#include <vector>

// Commands of items: tools of the family that lie beside us, started without a shell, each once.
namespace fairlead::preflight {

// Whom it is asked for: --env, --config and the folder that commands start in.
struct Asking {
    std::string folder, config_file, environment;
};

// The program and its words: --config and --env behind the command, unless the item names an environment itself.
std::vector<std::string> words_of(const std::vector<std::string>& command, const Asking& asking);

Ran run_command(const std::vector<std::string>& command, Milliseconds timeout, const Asking& asking);

// Runs the commands of these items, each once with the longest of their limits. A stop request ends it.
Result<std::map<std::vector<std::string>, Ran>> run_commands(const std::vector<const Item*>& items,
                                                             const Asking& asking);

// Whether fairlead-deploy has deployed something there; what it can't say counts as yes.
bool ask_deployed(const Asking& asking);

}
