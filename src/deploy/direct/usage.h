#pragma once
#include "deploy/usage.h"
#include "sys/process/supervise.h"

namespace fairlead::deploy {

// Measures a process and all its children now (proc(5)): processors and memory. Each shared page counts once (Pss);
// without the right to read Pss, shared pages don't count. An ended process counts as 0.
void measure(const sys::ProcessId& process, Usage& usage);

}
