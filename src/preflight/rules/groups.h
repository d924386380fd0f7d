#pragma once
#include "preflight/rule.h"
#include <span>

// One table per group, in rules/GROUP.cpp; a new group is a line here and one in all.cpp.
namespace fairlead::preflight {

std::span<const Rule> repo_rules();
std::span<const Rule> ci_rules();
std::span<const Rule> suppress_rules();

}
