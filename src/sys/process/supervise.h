#pragma once
#include "base/result.h"
#include "base/time.h"
#include "sys/files/files.h"
#include "sys/process/process.h"
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

// Functions that a supervisor of one long-running process needs.
namespace fairlead::sys {

struct User; // sys/account.h

struct Detached {
    std::vector<std::string> argv;        // argv[0] must be a path
    std::vector<std::string> environment; // NAME=value, the complete environment
    Path folder;                          // working directory
    Path lock;                            // locked from before the start until the process ends
};

// Starts a process that outlives us and our job, in its own session, with /dev/null as its streams. It inherits nothing
// except `lock`. Error (could_not): the lock is in use, or the program can't be executed.
Result<void> start_detached(const Detached& detached);
bool is_locked(const Path& lock); // whether a process has locked it; false if the file is absent
// Returns the process that start_detached() started with this lock and that still has it. Looks at the process's open
// descriptor, not at the number in the file: others may be able to write that number.
std::optional<ProcessId> detached_process(const Path& lock);
// Returns the process of our user that start_detached() started with these last arguments. It must still have its lock,
// but the lock's file may be gone.
std::optional<ProcessId> detached_as(const std::vector<std::string>& last_words);
// The kernel's facts about a running process.
struct Kin {
    int parent = 0;
    unsigned user = 0; // real uid
};
std::optional<Kin> kin_of(const ProcessId& process);
bool keeps_lock(const ProcessId& process, const Path& lock);

// For the supervisor itself; only one object at a time. Signals become events, so that they don't interrupt other
// calls.
class Supervised {
  public:
    struct Program {
        std::vector<std::string> argv;
        std::vector<std::string> environment;
        Path folder;
        const User* user = nullptr; // the program permanently runs as this user; null: as ourselves
        // Called with the program's output (both streams in their order), and with an empty text at the end. It runs in
        // a separate process that outlives us, so that the program neither blocks nor gets SIGPIPE if the supervisor is
        // killed.
        std::function<void(std::string_view)> output;
        int umask = -1;               // -1: ours
        std::uint64_t open_files = 0; // limit of open files, at most ours (sys/process/cgroup.h); 0: as ourselves
        Path group = {};              // the program's control group; empty: ours
    };
    enum class Event { quiet, exited, stop };

    static void block_signals(); // call before anything else
    static Result<Supervised> start(const Program& program);
    Supervised(Supervised&&) noexcept;
    ~Supervised();
    const ProcessId& id() const { return id_; }
    int status() const { return status_; } // after exited: exit status or 128 + signal

    // Waits at most `limit` until the process ends, or until we get SIGTERM, SIGINT or SIGHUP.
    Event wait(Milliseconds limit);
    static Event wait_without(Milliseconds limit); // while no process runs; returns quiet or stop
    void signal_main(int number) const;
    // Signals the process, its children, and orphans: processes whose parents have ended, in any session.
    void signal_all(int number) const;
    // After the end of the process: kills its orphans, and waits until the last output has been read.
    void end_rest();

  private:
    class Reader;
    Supervised();
    std::vector<int> left_behind() const; // pids
    Event reap();                         // exited or quiet

    ProcessId id_;
    int status_ = 0;
    std::unique_ptr<Reader> reader_;
};

// Waits until one of the processes has ended, at most `limit`. A new stop request (sys/signals.h) also ends the wait.
// True: a process has ended.
bool wait_for_end(const std::vector<ProcessId>& processes, Milliseconds limit);
// Sends a signal to the process group that `leader` leads; no error if the leader has ended. A pidfd makes sure that
// the pid isn't reused.
Result<void> signal_group(const ProcessId& leader, int number);
enum class Terminals { spared, too }; // spared: processes with a terminal are not killed
// Kills processes of `user` (real uid) that were started with `variable` (NAME=value), in any session and under any
// parent. Never kills us or our ancestors. Returns the number of killed processes. Error (could_not): some are left
// after 5 s.
Result<std::size_t> end_survivors(const std::string& variable, unsigned user, Terminals terminals = Terminals::spared);
// Does the same for processes whose working folder is `folder` (without links) or below, with any variables. Processes
// with a terminal are spared.
Result<std::size_t> end_workers_in(const std::string& folder, unsigned user);

// While this object lives, orphans of our children become our children instead of init's, in any session. Only one
// object may exist at a time.
class Adoption {
  public:
    Adoption();
    Adoption(const Adoption&) = delete;
    ~Adoption();
    // Kills each child that is newer than this object, and the orphans of such children. Returns the number of killed
    // processes. Error as above.
    Result<std::size_t> end();

  private:
    const std::vector<int> own_; // children from before
    int before_ = 0;
};
int signal_number(std::string_view name); // "SIGTERM"; 0: unknown
std::vector<std::string_view> signal_names();

// Renames a log over `limit` bytes to `<log>.1`; the next writer begins a new log.
Result<void> rotate_log(const Path& log, std::uint64_t limit);

}
