#pragma once
#include "deploy/carry/deployment.h"
#include "deploy/direct/variables.h"
#include "ledger/progress.h"
#include <functional>
#include <memory>
#include <string>

// The objects of one command of fairlead-deploy. They are in one struct because they refer to each other.
namespace fairlead::deploy {

struct Session {
    // `damaged`: how to treat damaged records. A command that only reads skips them, as if they were repaired.
    Session(const Settings& today, const sys::Environment& process, Variables variables, bool only_looks = false,
            ledger::Damaged damaged = ledger::Damaged::refused);
    Session(const Session&) = delete;

    Result<sys::Lock> lock(const std::string& what, Milliseconds wait);
    // Checks that a deployment could begin: place, router and strategy fit together, and place and router are ready.
    Result<void> preflight();
    // Uses the settings and variables with which `release` passed its checks. If an older version of Fairlead, which
    // didn't keep them, deployed the release, uses today's.
    Result<void> wear(const std::string& release);

    bool looks() const { return store.ledger().passes_over(); }

    const Settings today;
    Variables todays;
    std::function<Result<Variables>()> find_todays; // called only if a release has no variables of its own
    Settings settings;                              // today's, or those set by wear()
    Variables variables;
    const Store store;
    const World world;
    const std::unique_ptr<Place> place;
    const std::unique_ptr<Router> router;
    ledger::Progress progress;
    Deployment deployment;
};

std::string warnings_of(Place& place); // a line each
Actor actor_of(const sys::Environment& process);

}
