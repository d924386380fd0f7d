#pragma once
#include <string>
#include <vector>

namespace fairlead {

// Of what a program said before it failed: the first line that tells an error, else the last one. Behind it stands what
// it did next ("Command was: ...", "removing data directory"). Empty: it said nothing.
std::string cause_of(const std::vector<std::string>& lines);

}
