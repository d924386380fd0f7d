#pragma once
#include "base/result.h"
#include "base/time.h"
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// Processes take argv, never a shell string.
namespace fairlead::sys {

struct User; // sys/account.h

// The origin of a child's program (sys/permit.h). A program in the work tree is always the
// project's.
enum class Whose {
    project,  // the work tree, the configuration or a release chose it, or it runs their code
    question, // a project's program that only reports what is running, and changes nothing
    ours,     // one of our executables, or the system's with our arguments
};

struct Command {
    std::vector<std::string> argv;
    std::string folder;                                  // empty: our working folder
    std::optional<std::vector<std::string>> environment; // NAME=value; nothing: Child::program (sys/environment.h)
    std::string input;                                   // standard input
    Milliseconds timeout{0};                             // 0: no limit; then SIGTERM, `patience`, SIGKILL
    Milliseconds grace{0};                               // time after a stop request, before SIGTERM
    Milliseconds patience{2000};                         // between SIGTERM and SIGKILL
    std::size_t output_limit = 16u << 20;                // per stream
    bool keep_partial = false;   // output over the limit (it is dropped) and a timeout are values, not errors
    bool inherit_output = false; // the child writes to our stdout and stderr; known secrets become ***
    bool masks_itself = false;   // with inherit_output: one of our tools, whose output needs no mask
    int one_stream = 0;          // with inherit_output: 1 or 2 sends both streams to this descriptor, in their order
    std::function<void(std::string_view)> heard = {}; // with inherit_output: called with whole lines
    const User* user = nullptr; // the child permanently runs as this user, with umask 022; null: as ourselves
    bool any_path = false;      // searches every folder of PATH, also in the work tree: the user chose the program
    bool dies_with_us = false;  // if we are killed, the child and all that it started are killed, in any session
    Whose whose = Whose::project;
};

struct Output {
    int status = 0; // exit status, or 128 + signal
    int signal = 0;
    bool timed_out = false;
    bool interrupted = false; // a stop request ended the child
    bool truncated = false;
    std::string out;
    std::string err;
};

// Runs a program to its end. Error (could_not): it can't be started, it printed more than the limit (which ends it),
// the timeout came, or it was interrupted (so that a partial answer isn't taken for a complete one; see keep_partial).
// A status other than 0 is a value. A new stop request (sys/signals.h) ends the child as the timeout does; an earlier
// request doesn't, so that an undo can still run commands. The child leads its own process group.
Result<Output> run(const Command& command);
// looks in PATH; a name with '/' is returned unchanged
std::optional<std::string> find_program(const std::string& name);
bool is_of_project(const std::string& path); // in the work tree around us, but not next to our own executable
// Finds a program for our own needs (git, tar, nginx) in PATH. Skips folders where a change could have put a program:
// relative and empty names, and folders in the work tree around us (.git, fairlead.yml, GITHUB_WORKSPACE).
std::optional<std::string> find_own_program(const std::string& name);
std::string own_path(const std::string& path); // the PATH without those folders, for the programs that we start
// Finds a program that only our tools start, next to our own executable. Error: could_not.
Result<std::string> helper_program(const std::string& name);
// next to our own executable, else as find_own_program(), else the bare name
std::string tool_program(const std::string& name);
Error become(const std::string& program, char** argv); // execv of a path: returns only if it failed

struct ProcessId {
    int pid = 0;
    // clock ticks since boot, /proc/PID/stat field 22: distinguishes a reused pid from the old process
    std::uint64_t started = 0;
};
Milliseconds of_ticks(std::uint64_t ticks); // converts from the unit of times in /proc
std::optional<ProcessId> identify(int pid); // nothing if it is not running (a zombie is not)
bool is_running(const ProcessId& id);
std::vector<ProcessId> children_of(int pid); // running children of its first thread; empty if the process is gone
Result<void> send_signal(const ProcessId& id, int signal); // no error if the process is gone
bool is_root();
int own_pid();
std::string own_program(); // absolute path of the running executable
std::string host_name();

}
