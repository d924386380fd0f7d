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

// What a supervisor of one long-running process needs from the system.
namespace fairlead::sys {

struct User; // sys/account.h

struct Detached {
    std::vector<std::string> argv;        // argv[0] a path
    std::vector<std::string> environment; // NAME=value, all of it
    Path folder;                          // working directory
    Path lock;                            // held from before the start until the process ends
};

// Starts a process that outlives us and our job: a session of its own, /dev/null as its streams, nothing of ours
// inherited but `lock`. Error (could_not): the lock is held, or the program can't be executed.
Result<void> start_detached(const Detached& detached);
bool is_locked(const Path& lock); // some process holds it; absent: nobody does
// What start_detached() started with it and holds it still: not by the number in it, which anybody who may write it
// chooses, but by the descriptor that the process keeps.
std::optional<ProcessId> detached_process(const Path& lock);
// What start_detached() started as our user with these last words, and keeps a lock still, whatever became of its file.
std::optional<ProcessId> detached_as(const std::vector<std::string>& last_words);
// As the kernel has it of a process that runs.
struct Kin {
    int parent = 0;
    unsigned user = 0; // real uid
};
std::optional<Kin> kin_of(const ProcessId& process);
bool keeps_lock(const ProcessId& process, const Path& lock);

// For the supervisor itself; one at a time. Signals become events, so nothing interrupts it elsewhere.
class Supervised {
  public:
    struct Program {
        std::vector<std::string> argv;
        std::vector<std::string> environment;
        Path folder;
        const User* user = nullptr; // runs as that user for good; nothing: as ourselves
        // Gets what the program prints, both streams in their order, and nothing at its end. It is called in a process
        // of its own, which outlives us: a program whose supervisor was killed neither blocks nor gets SIGPIPE.
        std::function<void(std::string_view)> output;
        int umask = -1;               // -1: ours
        std::uint64_t open_files = 0; // that it may have, at most what we may allow (sys/process/cgroup.h); 0: as we
        Path group = {};              // of control that it is in; empty: ours
    };
    enum class Event { quiet, exited, stop };

    static void block_signals(); // first of all
    static Result<Supervised> start(const Program& program);
    Supervised(Supervised&&) noexcept;
    ~Supervised();
    const ProcessId& id() const { return id_; }
    int status() const { return status_; } // after exited: exit status or 128 + signal

    // Waits for the end of the process or SIGTERM, SIGINT, SIGHUP to us, at most `limit`.
    Event wait(Milliseconds limit);
    static Event wait_without(Milliseconds limit); // while nothing runs: quiet or stop
    void signal_main(int number) const;
    // The process, its children, and what they left behind: processes whose parents are gone, in whatever session.
    void signal_all(int number) const;
    // Once the process is gone: kills what it left behind, waits until what was printed last has been read.
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

// Until one of them has ended, at most `limit`; a stop request (sys/signals.h) that comes meanwhile ends the wait, too.
// True: one has.
bool wait_for_end(const std::vector<ProcessId>& processes, Milliseconds limit);
// Of a process that leads its group; absent is fine. The process is held by a descriptor while it is looked at.
Result<void> signal_group(const ProcessId& leader, int number);
enum class Terminals { spared, too }; // what has a terminal
// Kills what `user` (real uid) runs that was started with `variable` (NAME=value), in whatever session and whoever its
// parent is now; never us and those who started us. How many. Error (could_not): some is left after 5 s.
Result<std::size_t> end_survivors(const std::string& variable, unsigned user, Terminals terminals = Terminals::spared);
// The same of what works in a folder (without links) or below, whatever its variables are; not what has a terminal.
Result<std::size_t> end_workers_in(const std::string& folder, unsigned user);

// While it lives, what our children leave behind comes to us and not to init, in whatever session. One at a time.
class Adoption {
  public:
    Adoption();
    Adoption(const Adoption&) = delete;
    ~Adoption();
    // Kills each child that we have more than at first, and what it leaves. How many. Error as above.
    Result<std::size_t> end();

  private:
    const std::vector<int> own_; // children of before
    int before_ = 0;
};
int signal_number(std::string_view name); // "SIGTERM"; 0: unknown
std::vector<std::string_view> signal_names();

// Keeps a log small: over `limit` bytes it becomes `<log>.1`, and whoever appends next begins a new one.
Result<void> rotate_log(const Path& log, std::uint64_t limit);

}
