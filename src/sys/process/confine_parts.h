#pragma once
#include "sys/descriptor.h"
#include "sys/files/files.h"
#include <cstdint>
#include <vector>

// For confine_child.cpp: what seccomp and Landlock hold a child to, made by those who hold ourselves.
namespace fairlead::sys {

constexpr long restrict_self = 446; // landlock(7)
// Programs may be started, and below the folder all may be changed. Closed, with errno: this kernel has no Landlock.
Descriptor files_of_child(const std::vector<Path>& programs, const Path& folder);
std::vector<std::uint64_t> filter_of_child(); // empty: it can't be had

}
