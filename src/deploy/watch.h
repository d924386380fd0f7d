#pragma once
#include "deploy/place.h"
#include "deploy/probe.h"
#include "deploy/router.h"
#include "deploy/world.h"
#include "ledger/progress.h"
#include <optional>
#include <string>
#include <vector>

// The waits of a deployment: until a release is ready, is verified, has baked (was watched for a while), has no
// requests left.
namespace fairlead::deploy {

using Instances = std::vector<Instance>;

enum class Signals { heeded, endured };
// Requests the health path through the router, as users do, on a new connection.
Result<sys::HttpResponse> ask_router(const World& world, Signals signals = Signals::heeded);

enum class Waited { done, timeout, interrupted };

class Watch {
  public:
    Watch(const World& world, Place& place, Router& router, ledger::Progress& progress)
        : world_(world), settings_(world.settings), place_(place), router_(router), clock_(world.clock),
          progress_(progress) {}

    // For a way back while the router is down: verify() only needs healthy answers at the release's own socket.
    void do_without_router() { may_lack_router_ = true; }
    bool lacks_router() const { return lacks_router_; } // verify() passed without the router: it gave no answer
    void heed_signals(bool heed) { heed_ = heed; }      // whether waits end at a signal
    bool interrupted();                                 // a signal asked us to stop
    // bake() failed because of the router, not because of the release
    bool router_failed() const { return router_failed_; }

    // Errors of kind `no` are the release's fault and say why.
    // `warm`: the instances ran all the time, so one answer is enough.
    Result<void> ready(const Instances& instances, const ReleaseInfo& release, bool warm = false);
    struct Beside { // the release that still gets a part of the requests, and its instances
        ReleaseInfo release;
        Instances instances;
    };
    // Without `beside` all requests go to this release. Bad answers of `beside` don't count.
    Result<void> verify(const Instances& instances, const ReleaseInfo& release, const Beside* beside = nullptr);
    // Error (no): an instance gives no good answer at its own address. Error (could_not): only the answers through the
    // router are bad. Repeats the check health.unhealthy_after times, because a healthy release may fail it for a
    // moment.
    Result<void> answers(const Instances& instances, const ReleaseInfo& release);
    Result<void> bake(const Instances& instances, const ReleaseInfo& release, Milliseconds duration);
    bool heard_an_end() const { return !ended_.empty(); } // during bake(), a process of the release ended
    // Call it after bake(), once requests are led back. Returns the error of alive(); no error: the keeper doesn't
    // know.
    Result<void> how_it_ended() const;
    // Error (no): a process of the instances ended. Error (could_not): somebody else ended it, or the reason is not
    // known.
    Result<void> alive(const Instances& instances) const;
    bool pause(Milliseconds duration); // false: a signal came
    Result<Waited> drain(const Instances& instances, Milliseconds timeout);
    Result<Waited> gone(const Instances& instances, Milliseconds timeout); // waits until their processes ended
    Result<int> connections(const Instances& instances);                   // number of requests that they still have

  private:
    // Like pause(), but ends as soon as one of the processes ends.
    bool pause_beside(const std::vector<sys::ProcessId>& processes, Milliseconds duration);
    // Returns how it ended; nothing: it lives. Error: the reason is not known.
    Result<std::optional<Error>> end_of(const Instance& instance) const;
    Result<void> alive(const Instance& instance) const;
    Result<Judgement> probe(const Instance& instance, const ReleaseInfo& release,
                            Milliseconds limit = Milliseconds::max());
    // Returns the first bad result; an empty problem: all are healthy.
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
    Instances ended_; // instances of which a process ended
};

}
