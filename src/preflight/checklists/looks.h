#pragma once
#include "base/result.h"
#include <span>
#include <string>
#include <string_view>
#include <vector>

// Commands of items only look. Which those are is a table here; tests/cli/checklists.py holds it against what each tool
// declares, so that a command which learns to act is refused.
namespace fairlead::preflight {

struct Look {
    std::string_view tool, command; // "migrate", "ping"; a tool without commands has none
    bool dry = false;               // it looks with --dry-run only
};
std::span<const Look> looks();

// Error (usage): it is no command of the family, or one that acts; says what may stand there.
Result<void> check_look(const std::vector<std::string>& command);

}
