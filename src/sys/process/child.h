#pragma once
#include "base/result.h"
#include "sys/descriptor.h"
#include "sys/process/process.h"
#include <optional>
#include <string>
#include <vector>

// Starts a child, for process.cpp and pipeline.cpp.
namespace fairlead::sys {

struct User;     // sys/account.h
class ChildHold; // sys/process/confine.h

struct Program {
    const std::vector<std::string>& argv; // not empty
    const std::string& folder;            // empty: our working folder
    std::vector<std::string> environment; // NAME=value, the complete environment
    const User* user = nullptr;
    bool any_path = false;
    bool dies_with_us = false;
    Whose whose = Whose::project;
    const ChildHold* hold = nullptr; // only for a child that becomes another user or dies with us
};
// Returns `given`, else the environment of Child::program (sys/environment.h).
std::vector<std::string> environment_or_usual(const std::optional<std::vector<std::string>>& given);

// The child's three streams. -1: /dev/null for its input, our own streams for its output.
struct ChildStreams {
    int in = -1, out = -1, err = -1;
};

// Both ends are close-on-exec, and numbered above the three standard streams even if those were closed.
struct Pipe {
    Descriptor read, write;
};
Result<Pipe> make_pipe();
Result<Descriptor> lifted(int number); // a duplicate with a number above the standard streams

struct ChildProcess {
    int pid = 0;
    Descriptor handle; // pidfd, readable when the child has ended; closed if the kernel has no pidfd
};

// Returns argv[0] as execve needs it. Error (could_not): the program is in no folder of PATH that may be searched, or
// its given path doesn't exist.
Result<std::string> find_program_of(const Program& program);
// Starts a child in process group `group`, whose leader must not be reaped before; 0: in its own group. Error
// (could_not): as above, the program can't be executed, or this run may not start it (sys/permit.h).
Result<ChildProcess> start_child(const Program& program, const ChildStreams& streams, int group = 0);

}
