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

// Whose program a child is (sys/permit.h). What lies in the work tree is the project's, whatever the caller says.
enum class Whose {
    project,  // the work tree, the configuration or a release chose it, or it runs code of theirs
    question, // the project's, too; it is only asked what runs, and changes nothing
    ours,     // one of our executables, or the system's with words of ours
};

struct Command {
    std::vector<std::string> argv;
    std::string folder;                                  // empty: ours
    std::optional<std::vector<std::string>> environment; // NAME=value; nothing: Child::program (sys/environment.h)
    std::string input;                                   // standard input
    Milliseconds timeout{0};                             // 0: none; at its end SIGTERM, patience, SIGKILL
    Milliseconds grace{0};                               // after a stop request, before SIGTERM
    Milliseconds patience{2000};                         // between SIGTERM and SIGKILL
    std::size_t output_limit = 16u << 20;                // per stream
    bool keep_partial = false;   // output over the limit (it is dropped) and the timeout's end are values, not errors
    bool inherit_output = false; // the child writes to our stdout and stderr, with the secrets that we know as ***
    bool masks_itself = false;   // with it: one of our tools, whose output needs no mask
    int one_stream = 0;          // with it, 1 or 2: both to that one, in their order
    std::function<void(std::string_view)> heard = {}; // with inherit_output: whole lines, as they are passed on
    const User* user = nullptr; // runs as that user for good, with umask 022; nothing: as ourselves
    bool any_path = false;      // found in every folder of PATH, those of the work tree too: the user chose the program
    bool dies_with_us = false;  // killed with all that it started, in whatever session, when we are killed
    Whose whose = Whose::project;
};

struct Output {
    int status = 0; // exit status, or 128 + signal
    int signal = 0;
    bool timed_out = false;
    bool interrupted = false; // a stop request ended it
    bool truncated = false;
    std::string out;
    std::string err;
};

// Runs to the end. Error (could_not): it could not be started, it printed more than is kept (which ends it), ran into
// the timeout or was interrupted (half an answer must not be taken for a whole one; see keep_partial). A status other
// than 0 is a value. A stop request (sys/signals.h) that arrives meanwhile ends the child as the timeout does; one that
// came before does not, so that an undo can still run its commands. The child leads its own process group.
Result<Output> run(const Command& command);
std::optional<std::string> find_program(const std::string& name); // in PATH; a name with '/' is taken as it is
bool is_of_project(const std::string& path); // within the work tree around us, and not beside our own executable
// For our own needs (git, tar, nginx): nothing that a change could have put there. Folders of PATH that are relative,
// empty, or within the work tree around us (.git, fairlead.yml, GITHUB_WORKSPACE) are passed over.
std::optional<std::string> find_own_program(const std::string& name);
std::string own_path(const std::string& path); // what is left of a PATH then; what we start looks there, too
// What only other tools start: beside our own executable, and nowhere else. Error: could_not.
Result<std::string> helper_program(const std::string& name);
std::string tool_program(const std::string& name);     // beside our own executable, else as above, else the bare name
Error become(const std::string& program, char** argv); // execv of a path: returns only when that failed

struct ProcessId {
    int pid = 0;
    std::uint64_t started = 0; // clock ticks since boot, /proc/PID/stat field 22: defeats reuse of pids
};
Milliseconds of_ticks(std::uint64_t ticks); // in which /proc counts time
std::optional<ProcessId> identify(int pid); // nothing when it is not running (a zombie is not)
bool is_running(const ProcessId& id);
std::vector<ProcessId> children_of(int pid); // those that run, of its first thread; of one that is gone: none
Result<void> send_signal(const ProcessId& id, int signal); // absent is fine
bool is_root();
int own_pid();
std::string own_program(); // absolute path of the running executable
std::string host_name();

}
