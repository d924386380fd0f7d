#pragma once
#include "read/shell_text.h"
#include <cstddef>
#include <string_view>

// Which program a simple command runs, behind those that run another one.
namespace fairlead::read {

bool is_shell_name(std::string_view text); // of a variable (POSIX XBD 3.216)
// Sets command.program: behind sudo, env, exec, nice, xargs. What env sets becomes the command's assignments.
void find_program(Command& command);
// The word that `sh -c` is given as its script, the -c among other options; npos: there is none.
std::size_t script_word(const Command& command);

}
