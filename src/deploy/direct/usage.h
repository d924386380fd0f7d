#pragma once
#include "deploy/usage.h"
#include "sys/process/supervise.h"

namespace fairlead::deploy {

// What a process and all that it started take now (proc(5)): processors, and memory with each shared page counted once
// (Pss), or without the shared ones where we may not ask. A process that has ended takes nothing.
void measure(const sys::ProcessId& process, Usage& usage);

}
