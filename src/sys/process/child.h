#pragma once
#include "base/result.h"
#include "sys/descriptor.h"
#include "sys/process/process.h"

// For process.cpp: a child that has just been started.
namespace fairlead::sys {

struct ChildProcess {
    int pid = 0;       // leads its own process group
    Descriptor handle; // pidfd, readable when it ended; closed where the kernel has none
    Descriptor in;     // ours, non-blocking; closed when there is no input
    Descriptor out;    // closed when the child writes to our own streams
    Descriptor err;
};

// Error (could_not): the program or its folder is not there or can't be executed.
Result<ChildProcess> start_child(const Command& command);

}
