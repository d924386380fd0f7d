#pragma once
#include "read/shell/shell_text.h"
#include <cstddef>
#include <string_view>

// Finds the program that a simple command runs, also behind programs that start others (sudo, env).
namespace fairlead::read {

bool is_shell_name(std::string_view text); // as a variable's name (POSIX XBD 3.216)
// Sets command.program, after sudo, env, exec, nice, xargs. Variables set by env become assignments of the command.
void find_program(Command& command);
// Returns the index of `sh -c`'s script, even if -c is among other options; npos: there is no script.
std::size_t script_word(const Command& command);

}
