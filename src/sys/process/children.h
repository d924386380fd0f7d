#pragma once
#include "base/time.h"
#include "sys/process/child.h"
#include <chrono>
#include <cstddef>
#include <functional>
#include <optional>
#include <poll.h>
#include <string_view>
#include <vector>

// Runs the children of one process group from start to end, for process.cpp and pipeline.cpp.
namespace fairlead::sys {

// Ignores SIGPIPE, so that a child that closes its input early doesn't end us. Restores SIGCHLD, because no child's
// status is reported if our parent made us ignore it.
void prepare_for_children();

// One poll loop that writes and reads the pipes, and ends the children in time. At a new stop request (sys/signals.h),
// at the timeout, or when end() is called, they get SIGTERM, and later SIGKILL if they still run. No child is reaped by
// wait(2) before all have ended, so the group keeps its number.
class Children {
  public:
    // Returns the next piece, valid until the next call. Empty: the end; the pipe is closed. Nothing: no more pieces,
    // but the pipe stays open while its reader lives, so that the reader doesn't take incomplete input for complete.
    using Give = std::function<std::optional<std::string_view>()>;
    // Takes a piece of at most 64 KiB, or an empty piece at the end. False: no more is wanted, and the pipe is closed.
    using Take = std::function<bool(std::string_view)>;

    // timeout: 0 means no limit. grace: time for the children after a stop request, before SIGTERM.
    Children(Milliseconds timeout, Milliseconds patience, Milliseconds grace = {});
    Children(const Children&) = delete;
    ~Children(); // kills children that still run, and waits for all

    int group() const { return children_.empty() ? 0 : children_.front().process.pid; }
    void add(ChildProcess child); // the first child leads the group
    void feed(Descriptor to, Give give);
    std::size_t drain(Descriptor from, Take take); // returns the drain's number
    // Runs until all children have ended and their output has been read, but at most half a second after the last
    // child.
    void finish();
    void end();       // for Give and Take functions: ends all children
    void kill_rest(); // kills the rest of the group at once; the destructor waits for the children
    // Returns whether a process still has the other end of the pipe open.
    bool is_open(std::size_t drain) const { return drains_[drain].from.is_open(); }

    bool is_ending() const { return ending_; }
    bool timed_out() const { return timed_out_; }
    bool interrupted() const { return interrupted_; }
    bool input_left() const { return input_left_; } // whether the reader closed its input before the end

    struct End {
        int status = 0; // exit status, or 128 + signal
        int signal = 0;
        std::size_t order = 0; // lower for children that ended earlier
    };
    const End& end_of(std::size_t child) const { return children_[child].end; }

  private:
    struct Child {
        ChildProcess process;
        End end;
        bool ended = false;
    };
    struct Drain {
        Descriptor from;
        Take take;
    };
    using Steady = std::chrono::steady_clock;

    void step();
    void heed_stop();
    void watch();
    int wait_ms() const;
    void write_some();
    void read_some(Drain& drain);
    void look_after(Child& child);
    void signal_all(int number);
    bool all_ended() const;
    bool is_drained() const;

    const Milliseconds patience_, grace_;
    // a stop was requested before we began (to run an undo, say), so it doesn't end the children
    const bool was_stopped_;
    std::vector<Child> children_;
    std::vector<Drain> drains_;
    Descriptor in_;
    Give give_;
    std::string_view pending_;    // unwritten rest of the last piece
    bool no_more_ = false;        // Give returned nothing: no more pieces, but the pipe stays open
    std::vector<pollfd> watched_; // input, drains, children, stop
    std::optional<Steady::time_point> deadline_;
    std::size_t rounds_ = 0;
    bool ending_ = false, timed_out_ = false, interrupted_ = false, input_left_ = false;
};

}
