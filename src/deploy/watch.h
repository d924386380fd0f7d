#pragma once
#include "deploy/place.h"
#include "deploy/probe.h"
#include "deploy/router.h"
#include "deploy/world.h"
#include "ledger/progress.h"
#include <optional>
#include <string>
#include <vector>

// The waits of a deployment: until a release is ready, is verified, has baked, has no requests left.
namespace fairlead::deploy {

using Instances = std::vector<Instance>;

// The health path as users reach it, on a fresh connection.
enum class Signals { heeded, endured };
Result<sys::HttpResponse> ask_router(const World& world, Signals signals = Signals::heeded);

enum class Waited { done, timeout, interrupted };

class Watch {
  public:
    Watch(const World& world, Place& place, Router& router, ledger::Progress& progress)
        : world_(world), settings_(world.settings), place_(place), router_(router), clock_(world.clock),
          progress_(progress) {}

    // Whether waits end at a signal.
    // For a way back that can't wait for a router that is down: what serves is well at its socket.
    void do_without_router() { may_lack_router_ = true; }
    bool lacks_router() const { return lacks_router_; } // verify() did without it: nothing came through it
    void heed_signals(bool heed) { heed_ = heed; }
    bool interrupted();                                   // a signal asked us to stop
    bool router_failed() const { return router_failed_; } // why bake() gave an error: not the release's fault

    // Errors of kind `no` are the release's fault and say why.
    // `warm`: they ran all the time, so one answer is enough.
    Result<void> ready(const Instances& instances, const ReleaseInfo& release, bool warm = false);
    struct Beside { // the release that still has a part of the requests, and who of it does
        ReleaseInfo release;
        Instances instances;
    };
    // Without `beside` all requests go to this one. What the other one answers is not held against it.
    Result<void> verify(const Instances& instances, const ReleaseInfo& release, const Beside* beside = nullptr);
    // Error (no): that release doesn't answer at each of its addresses and through the router, asked as often as one
    // may be sick for a moment.
    Result<void> answers(const Instances& instances, const ReleaseInfo& release);
    Result<void> bake(const Instances& instances, const ReleaseInfo& release, Milliseconds duration);
    bool heard_an_end() const { return !ended_.empty(); } // of bake(): a process of the release did
    // Of bake(), asked once requests are led back: the error of alive(); none where its keeper doesn't say.
    Result<void> how_it_ended() const;
    // Error (no): one of their processes ended. Error (could_not): somebody else ended it, or nobody can say.
    Result<void> alive(const Instances& instances) const;
    bool pause(Milliseconds duration); // false: a signal
    Result<Waited> drain(const Instances& instances, Milliseconds timeout);
    Result<Waited> gone(const Instances& instances, Milliseconds timeout); // their processes
    Result<int> connections(const Instances& instances);                   // requests that they still have

  private:
    // The same, but over as soon as one of them ends.
    bool pause_beside(const std::vector<sys::ProcessId>& processes, Milliseconds duration);
    // How it ended; nothing: it lives. Error: nobody can say.
    Result<std::optional<Error>> end_of(const Instance& instance) const;
    Result<void> alive(const Instance& instance) const;
    Result<Judgement> probe(const Instance& instance, const ReleaseInfo& release,
                            Milliseconds limit = Milliseconds::max());
    // The first of them that is not well; an empty problem: all are.
    Result<Judgement> probe_all(const Instances& instances, const ReleaseInfo& release);
    Result<Judgement> probe_router(const ReleaseInfo& release, Signals signals = Signals::heeded);
    Result<bool> may_be_from(const Beside& beside, const sys::HttpResponse& answer, const ReleaseInfo& release);
    Result<void> ready_one(const Instance& instance, const ReleaseInfo& release, sys::Clock::Steady deadline,
                           bool warm);

    const World& world_;
    bool may_lack_router_ = false, lacks_router_ = false;
    const Settings& settings_;
    Place& place_;
    Router& router_;
    sys::Clock& clock_;
    ledger::Progress& progress_;
    bool heed_ = true;
    bool router_failed_ = false;
    Instances ended_; // one of them did
};

}
