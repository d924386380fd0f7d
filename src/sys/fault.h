#pragma once
#include <string_view>

namespace fairlead::sys {

// Test builds only (FAIRLEAD_FAULTS): FAIRLEAD_FAULT=kill@<place> ends the process here by SIGKILL, int@<place> sends
// it SIGINT, and stop@<place> stops it until SIGCONT. With a number instead of a name, @<number> is the number of the
// place, counted since the start. Other builds do nothing.
void fault_point(std::string_view place);

// Test builds only: returns the name in FAIRLEAD_IGNORE, or in a file `ignored` next to the executable. What has this
// name is ignored even if it is given. It is an input (`gate --min-tests`; `common --quiet` for every tool), a key of
// fairlead.yml (`deploy.health.path`) or migrate's `locks`. bench/effects.py uses it to find out whether a test
// notices. Empty: nothing is ignored.
std::string_view ignored();

}
