#pragma once
#include "base/result.h"
#include <cstdint>

// The resources of this machine.
namespace fairlead::sys {

// Both return the machine's value, or that of our cgroup (cgroups(7), version 2) if it is less; 0: unknown.
std::uint64_t memory_bytes();
double processors();

// Returns the kernel's answer (adjtimex(2)), whatever program sets the clock. Error (could_not): we may not ask.
Result<bool> clock_is_synchronised();

}
