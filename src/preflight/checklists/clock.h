#pragma once
#include "base/time.h"
#include "sys/git/repository.h"
#include <string>

namespace fairlead::preflight {

// Returns "the clock says 2026-01-01, and the newest commit is of 2026-06-15" if the clock is more than a day late. A
// smaller difference between clocks is normal. Empty: the clock isn't late, or there is no commit to compare with.
std::string clock_behind(const sys::Repository* repository, SystemTime now);

}
