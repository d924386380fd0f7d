#pragma once
#include "read/dockerfile/dockerfile.h"
#include "read/mapped_text.h"

// The steps of read_dockerfile().
namespace fairlead::read {

// Fills the fields from the instruction's text; its lines and spans are set already.
void read_instruction(Instruction& instruction, const MappedText& line, char escape, std::vector<Problem>& problems);
// Fills instruction.shell, after heredocs and SHELL are known; `posix`: we can read the current shell's language.
void read_commands(Instruction& instruction, const MappedText& line, bool posix);
// Checks arguments, flags and values as BuildKit does; sets `wrong`.
void check_instruction(Instruction& instruction, std::vector<Problem>& problems);
void find_stages(Dockerfile& file);

}
