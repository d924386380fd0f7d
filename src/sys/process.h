#pragma once
#include "base/result.h"
#include "base/time.h"
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

// Processes take argv, never a shell string.
namespace fairlead::sys {

struct Command {
    std::vector<std::string> argv;
    std::string folder;                                  // empty: ours
    std::optional<std::vector<std::string>> environment; // NAME=value; nothing: ours less INPUT_*
    std::string input;                                   // standard input
    Milliseconds timeout{0};                             // 0: none; at its end SIGTERM, patience, SIGKILL
    Milliseconds patience{2000};                         // between SIGTERM and SIGKILL
    std::size_t output_limit = 16u << 20;                // per stream; what is over it is dropped
    bool inherit_output = false;                         // the child writes to our stdout and stderr
    int one_stream = 0;                                  // with it, 1 or 2: both to that one, in their order
};

struct Output {
    int status = 0; // exit status, or 128 + signal
    int signal = 0;
    bool timed_out = false;
    bool truncated = false;
    std::string out;
    std::string err;
};

// Runs to the end. Error (could_not) only when it could not be started; a status other than 0 is a value.
// A stop request (sys/signals.h) that arrives meanwhile ends the child as the timeout does; one that came before
// does not, so that an undo can still run its commands. The child leads its own process group.
Result<Output> run(const Command& command);
std::optional<std::string> find_program(const std::string& name); // in PATH; a name with '/' is taken as it is
std::string tool_program(const std::string& name);     // beside our own executable, else in PATH, else the bare name
Error become(const std::string& program, char** argv); // execvp: returns only when that failed

struct ProcessId {
    int pid = 0;
    std::uint64_t started = 0; // clock ticks since boot, /proc/PID/stat field 22: defeats reuse of pids
};
std::optional<ProcessId> identify(int pid); // nothing when it is not running (a zombie is not)
bool is_running(const ProcessId& id);
Result<void> send_signal(const ProcessId& id, int signal); // absent is fine
bool is_root();
int own_pid();
std::string own_program(); // absolute path of the running executable
std::string host_name();

}
