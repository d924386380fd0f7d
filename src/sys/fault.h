#pragma once
#include <string_view>

namespace fairlead::sys {

// Test builds only (FAIRLEAD_FAULTS): with FAIRLEAD_FAULT=kill@<place> the process ends here by SIGKILL, with
// int@<place> it gets SIGINT, with stop@<place> it stands still until SIGCONT; @<number> is so many places from the
// start, whatever they are called. Other builds do nothing.
void fault_point(std::string_view place);

// Test builds only: what FAIRLEAD_IGNORE names, or a file `ignored` beside the executable, does nothing though it is
// given, an input (`gate --min-tests`, of every tool `common --quiet`), a key of fairlead.yml (`deploy.health.path`) or
// migrate's `locks`. So bench/effects.py sees whether a test notices. Empty: nothing is ignored.
std::string_view ignored();

}
