#pragma once
#include "base/result.h"
#include <cstdint>

// The resources of this machine.
namespace fairlead::sys {

// Both functions return the machine's value, or our cgroup's (cgroups(7), version 2) if it is less; 0: unknown.
std::uint64_t memory_bytes();
double processors();

// Asks the kernel (adjtimex(2)), so it works with any program that sets the clock. Error (could_not): we may not ask.
Result<bool> clock_is_synchronised();

}
