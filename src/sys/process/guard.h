#pragma once

namespace fairlead::sys {

// Guards the program of a forked child, for child.cpp; uses only async-signal-safe calls. Forks again and returns in
// the new child, which then becomes the program. The guard itself never returns. It ends with the program, with the
// same status. If its parent `owner` dies first, it kills the program and all descendants in any session (prctl(2),
// PR_SET_PDEATHSIG and PR_SET_CHILD_SUBREAPER). Returns -1 in the guard if the fork fails.
int stand_guard(int owner);

}
