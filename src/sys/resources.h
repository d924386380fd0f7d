#pragma once
#include "base/result.h"
#include <cstdint>

// What this machine has.
namespace fairlead::sys {

// Of the machine, or of the cgroup (cgroups(7), version 2) that we are held to where that is less; 0: it can't be told.
std::uint64_t memory_bytes();
double processors();

// As the kernel has it (adjtimex(2)), whoever keeps its clock. Error (could_not): it may not be asked.
Result<bool> clock_is_synchronised();

}
