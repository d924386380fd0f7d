#pragma once
#include "sys/process/process.h"
#include <string>
#include <vector>

// Processes that outlived whoever knew of them, by what they carry themselves. Never us and those who started us.
namespace fairlead::sys {

inline constexpr int detached_lock = 3; // the descriptor under which who was started by start_detached() keeps its lock

struct Marked {
    ProcessId process;
    std::string rest; // what follows behind what was looked for
};
// What `user` (real uid) runs that was started with a variable that begins so (NAME=beginning of its value); not what
// has a terminal, which is a person's.
std::vector<Marked> started_with(const std::string& beginning, unsigned user);
// What start_detached() started, and holds a lock still whose path begins so, or did before it was removed.
std::vector<Marked> detached_below(const std::string& beginning, unsigned user);
bool holds_a_lock(int pid); // under that descriptor, as start_detached() leaves it

}
