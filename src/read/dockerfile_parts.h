#pragma once
#include "read/dockerfile.h"
#include "read/mapped_text.h"

// The steps of read_dockerfile().
namespace fairlead::read {

// Fills in what the instruction's text says; its places in lines are there already.
void read_instruction(Instruction& instruction, const MappedText& line, char escape, std::vector<Problem>& problems);
// Into instruction.shell, once heredocs and SHELL are known; `posix`: the shell in force is one that can be read.
void read_commands(Instruction& instruction, const MappedText& line, bool posix);
// What BuildKit refuses: arguments, flags, values. Sets `wrong`.
void check_instruction(Instruction& instruction, std::vector<Problem>& problems);
void find_stages(Dockerfile& file);

}
