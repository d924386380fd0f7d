#pragma once
#include "deploy/deployment.h"
#include "deploy/direct/variables.h"
#include "ledger/progress.h"
#include <functional>
#include <memory>
#include <string>

// What one command of fairlead-deploy works with; kept in one place because its parts refer to each other.
namespace fairlead::deploy {

struct Session {
    // `damaged`: who only looks goes by what the next act will find.
    Session(const Settings& today, const sys::Environment& process, Variables variables, bool only_looks = false,
            ledger::Damaged damaged = ledger::Damaged::refused);
    Session(const Session&) = delete;

    Result<sys::Lock> lock(const std::string& what, Milliseconds wait);
    // That a deployment could begin: place, router and strategy go together, and both are ready.
    Result<void> preflight();
    // A release that served before is started as it was proven, one of before that was kept as today's would be.
    Result<void> wear(const std::string& release);

    bool looks() const { return store.ledger().passes_over(); }

    const Settings today;
    Variables todays;
    std::function<Result<Variables>()> find_todays; // where they are wanted only for a release that carries none
    Settings settings;                              // today's, or those that a release was proven with
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
