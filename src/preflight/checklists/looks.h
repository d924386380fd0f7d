#pragma once
#include "base/result.h"
#include <span>
#include <string>
#include <string_view>
#include <vector>

// Lists the commands that items may run, because they change nothing. tests/cli/checklists.py compares this table with
// each tool's declaration, and fails if such a command begins to change things.
namespace fairlead::preflight {

struct Look {
    std::string_view tool, command; // "migrate", "ping"; a tool without commands has an empty command
    bool dry = false;               // it changes nothing only with --dry-run
};
std::span<const Look> looks();

// Error (usage): it is not a Fairlead command, or it changes things. The message lists the allowed commands.
Result<void> check_look(const std::vector<std::string>& command);

}
