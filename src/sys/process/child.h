#pragma once
#include "base/result.h"
#include "sys/descriptor.h"
#include "sys/process/process.h"
#include <optional>
#include <string>
#include <vector>

// For process.cpp and pipeline.cpp: how a child starts.
namespace fairlead::sys {

struct User;     // sys/account.h
class ChildHold; // sys/process/confine.h

struct Program {
    const std::vector<std::string>& argv; // not empty
    const std::string& folder;            // empty: ours
    std::vector<std::string> environment; // NAME=value, all of it
    const User* user = nullptr;
    bool any_path = false;
    bool dies_with_us = false;
    Whose whose = Whose::project;
    const ChildHold* hold = nullptr; // of one that becomes another user or dies with us
};
// `given`, else that of Child::program (sys/environment.h).
std::vector<std::string> environment_or_usual(const std::optional<std::vector<std::string>>& given);

// What becomes the child's three streams; -1: /dev/null as its input, our own streams as its output.
struct ChildStreams {
    int in = -1, out = -1, err = -1;
};

// Both close-on-exec, and above the three standard ones even where those were closed.
struct Pipe {
    Descriptor read, write;
};
Result<Pipe> make_pipe();
Result<Descriptor> lifted(int number); // another of the same file, as a pipe's ends are

struct ChildProcess {
    int pid = 0;
    Descriptor handle; // pidfd, readable when it ended; closed where the kernel has none
};

// argv[0] as execve takes it. Error (could_not): the program is in no folder of PATH that counts, or its own is absent.
Result<std::string> find_program_of(const Program& program);
// In process group `group`, whose leader nobody has waited for yet; 0: it leads its own. Error (could_not): as above,
// the program is not there or can't be executed, or this run may not start it (sys/permit.h).
Result<ChildProcess> start_child(const Program& program, const ChildStreams& streams, int group = 0);

}
