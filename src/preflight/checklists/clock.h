#pragma once
#include "base/time.h"
#include "sys/git/repository.h"
#include <string>

namespace fairlead::preflight {

// "the clock says 2026-01-01, and the newest commit is of 2026-06-15" when it is more than a day behind: clocks differ,
// a day is none of theirs. Empty: it isn't, or nothing tells.
std::string clock_behind(const sys::Repository* repository, SystemTime now);

}
