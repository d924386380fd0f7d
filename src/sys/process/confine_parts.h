#pragma once
#include "sys/descriptor.h"
#include "sys/files/files.h"
#include <cstdint>
#include <vector>

// For confine_child.cpp: makes the rules of seccomp and Landlock for a child, with the code that also confines
// ourselves.
namespace fairlead::sys {

constexpr long restrict_self = 446; // landlock(7)
// Allows starting these programs, and all changes below the folder. Closed, with errno: this kernel has no Landlock.
Descriptor files_of_child(const std::vector<Path>& programs, const Path& folder);
std::vector<std::uint64_t> filter_of_child(); // empty: the filter can't be made

}
