#pragma once
#include "sys/process/process.h"
#include <string>
#include <vector>

// Finds processes whose supervisor may be gone, by their own variables or locks. Never finds us or our ancestors.
namespace fairlead::sys {

// the number of the lock's descriptor in processes that start_detached() started
inline constexpr int detached_lock = 3;

struct Marked {
    ProcessId process;
    std::string rest; // the variable's text after `beginning`
};
// Returns the processes of `user` (real uid) that were started with a variable that begins with this text
// (NAME=beginning of its value). Processes with a terminal are left out: a person uses them.
std::vector<Marked> started_with(const std::string& beginning, unsigned user);
// Returns the processes that start_detached() started and that still have a lock whose path begins (or began, before
// its removal) with this text.
std::vector<Marked> detached_below(const std::string& beginning, unsigned user);
bool holds_a_lock(int pid); // whether it has a lock on the descriptor detached_lock, as start_detached() arranges

}
