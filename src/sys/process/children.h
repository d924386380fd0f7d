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

// For process.cpp and pipeline.cpp: the children of one process group, from their start to their end.
namespace fairlead::sys {

// A child that closes its standard input early must not end us; where whoever started us ignores SIGCHLD, nobody's
// status would be told.
void prepare_for_children();

// One poll loop that feeds and drains the pipes and sees to it that the children end in time: at a stop request
// (sys/signals.h) that comes meanwhile, at the timeout's end, or when end() is called they get SIGTERM, and SIGKILL
// where they don't heed it. Nobody is waited for (wait(2)) before all have ended, so the group keeps its number.
class Children {
  public:
    // The next piece, valid until the next call. Empty: no more, and the pipe is closed. Nothing: no more, but it stays
    // open as long as its reader lives, who must not take a broken-off input for a whole one.
    using Give = std::function<std::optional<std::string_view>()>;
    // A piece, at most 64 KiB, or the end: an empty one. False: no more is wanted, and the pipe is closed.
    using Take = std::function<bool(std::string_view)>;

    // timeout: 0 is none. grace: what they have left after a stop request, before SIGTERM.
    Children(Milliseconds timeout, Milliseconds patience, Milliseconds grace = {});
    Children(const Children&) = delete;
    ~Children(); // kills who still runs, and waits for all

    int group() const { return children_.empty() ? 0 : children_.front().process.pid; }
    void add(ChildProcess child); // the first one leads the group
    void feed(Descriptor to, Give give);
    std::size_t drain(Descriptor from, Take take); // its number
    // Until all children have ended and what they print has been read; at most half a second longer than they live.
    void finish();
    void end();       // for who gives and takes: nothing of this is wanted any more
    void kill_rest(); // at once, what is left of the group; its children are waited for at our end
    // Whether somebody still holds the other end.
    bool is_open(std::size_t drain) const { return drains_[drain].from.is_open(); }

    bool is_ending() const { return ending_; }
    bool timed_out() const { return timed_out_; }
    bool interrupted() const { return interrupted_; }
    bool input_left() const { return input_left_; } // its reader went before it was told of the end

    struct End {
        int status = 0; // exit status, or 128 + signal
        int signal = 0;
        std::size_t order = 0; // who ended earlier has a lower one
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
    const bool was_stopped_; // a stop that came before us is the reason why we run (an undo), not a reason to end
    std::vector<Child> children_;
    std::vector<Drain> drains_;
    Descriptor in_;
    Give give_;
    std::string_view pending_;    // of the piece given last
    bool no_more_ = false;        // is given, yet the pipe stays open
    std::vector<pollfd> watched_; // input, drains, children, stop
    std::optional<Steady::time_point> deadline_;
    std::size_t rounds_ = 0;
    bool ending_ = false, timed_out_ = false, interrupted_ = false, input_left_ = false;
};

}
