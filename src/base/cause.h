#pragma once
#include <string>
#include <vector>

namespace fairlead {

// Finds the cause in a failed program's output: the first line with an error, else the last line. Later lines are often
// only consequences ("Command was: ...", "removing data directory"). Empty: there was no output.
std::string cause_of(const std::vector<std::string>& lines);

}
