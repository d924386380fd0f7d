#pragma once
#include "deploy/canary/counters.h"
#include "deploy/canary/judge.h"
#include "deploy/canary/log.h"
#include "deploy/place.h"
#include "deploy/router.h"
#include "deploy/world.h"
#include "ledger/progress.h"
#include <functional>
#include <optional>
#include <string>
#include <vector>

// Carries out the steps of a canary: reads the router's log or counters for each release's requests, probes both
// releases if there are too few requests, and waits until the step has a verdict.
namespace fairlead::deploy {

inline constexpr Milliseconds look_interval{100};

class CanaryWatch {
  public:
    // `started`: the start of the deployment; all requests before it went to the old release.
    CanaryWatch(const World& world, Place& place, Router& router, ledger::Progress& progress, SystemTime started);

    struct Calls {
        std::function<Result<void>()> alive; // error (no): the new release's process ended
        std::function<bool()> pause; // waits for look_interval; false: a signal came, or the deployment's time is over
    };
    // Runs from a change of weights until the next step may begin. Error (no): the new release is sick; the message has
    // the numbers. Error (could_not): interrupted by a signal, or no verdict in time. `index`: number of the step, from
    // 0; pass the same index to judge a step again after an outage.
    Result<void> judge(const std::vector<Instance>& fresh, const std::vector<Instance>& old, std::size_t index,
                       const Calls& calls);
    std::string told() const; // JSON of the counts of all steps together

  private:
    Result<SystemTime> old_since() const; // when the current release began to serve
    Result<void> read_log(const Counting& counting);
    void read_counters(const std::string& slot);
    Result<void> ask(const Instance& instance, Answer::Of of);
    Result<void> ask_by_turns(const std::vector<Instance>& fresh, const std::vector<Instance>& old);
    Result<void> ask_both(const std::vector<Instance>& fresh, const std::vector<Instance>& old);

    const World& world_;
    const CanarySettings& settings_;
    Place& place_;
    Router& router_;
    ledger::Progress& progress_;
    const SystemTime started_;
    std::optional<SystemTime> old_since_;
    AccessLog log_;
    RouterCounters counters_;
    const Canary::Source source_;
    Canary canary_;
    std::size_t asked_ = 0;
};

}
