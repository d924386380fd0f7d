#pragma once
#include "deploy/probe.h"
#include "deploy/target.h"
#include "ledger/progress.h"
#include <optional>
#include <string>

// The waits of a deployment: until a release is ready, is verified, has baked, has no requests left.
namespace fairlead::deploy {

enum class Waited { done, timeout, interrupted };

class Watch {
  public:
    Watch(const Settings& settings, Target& target, sys::Clock& clock, ledger::Progress& progress)
        : settings_(settings), target_(target), clock_(clock), progress_(progress) {}

    // Whether waits end at a signal.
    void heed_signals(bool heed) { heed_ = heed; }
    bool interrupted();                                   // a signal asked us to stop
    bool router_failed() const { return router_failed_; } // why bake() gave an error: not the release's fault

    // Errors of kind `no` are the release's fault and say why.
    Result<void> ready(const std::string& slot, const ReleaseInfo& release);
    Result<void> verify(const std::string& slot, const ReleaseInfo& release);
    Result<void> bake(const std::string& slot, const ReleaseInfo& release, Milliseconds duration);
    Result<Waited> drain(const std::string& slot, Milliseconds timeout);
    Result<Waited> gone(const std::string& slot, Milliseconds timeout); // its process

  private:
    bool pause(Milliseconds duration); // false: a signal
    Result<void> alive(const std::string& slot);
    Result<Judgement> probe(const std::string& slot, const ReleaseInfo& release,
                            Milliseconds limit = Milliseconds::max());
    Result<Judgement> probe_router(const ReleaseInfo& release);

    const Settings& settings_;
    Target& target_;
    sys::Clock& clock_;
    ledger::Progress& progress_;
    bool heed_ = true;
    bool router_failed_ = false;
};

}
