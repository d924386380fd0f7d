#pragma once

namespace fairlead::sys {

// For child.cpp, in a child that was forked and whose parent is `owner`; only async-signal-safe calls. It returns in a
// child of its own, which goes on to become the program. Here it never returns: it ends as that one does, and when
// `owner` dies before, it kills that one and all that came of it, in whatever session (prctl(2), PR_SET_PDEATHSIG and
// PR_SET_CHILD_SUBREAPER). Returns -1, here, when there is no process left.
int stand_guard(int owner);

}
