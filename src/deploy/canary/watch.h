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

// The steps of a canary while they last: reads what the router wrote or counted of each release's requests, asks both
// where that says too little, and stays until the step has its verdict.
namespace fairlead::deploy {

inline constexpr Milliseconds look_interval{100};

class CanaryWatch {
  public:
    // `started`: of the deployment; the old release alone had what came before.
    CanaryWatch(const World& world, Place& place, Router& router, ledger::Progress& progress, SystemTime started);

    struct Calls {
        std::function<Result<void>()> alive; // error (no): the new release's process ended
        std::function<bool()> pause;         // look_interval; false: a signal, or the deployment's time is over
    };
    // From the change of weights until the next step may come. Error (no): the new release is sick; says by which
    // numbers. Error (could_not): what the time did not suffice for, with `interrupted()` or without a verdict.
    // `index`: of the step, from 0; one that is judged again, after what it asks was away, is the same.
    Result<void> judge(const std::vector<Instance>& fresh, const std::vector<Instance>& old, std::size_t index,
                       const Calls& calls);
    std::string told() const; // JSON of what was counted, all steps together

  private:
    Result<SystemTime> old_since() const; // when the release began to serve that serves
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
