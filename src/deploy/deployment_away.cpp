#include "deploy/deployment.h"
#include <algorithm>
#include <fmt/format.h>

// An engine, systemd or a router that is away for a while, to be restarted or reloaded, ends no deployment.
namespace fairlead::deploy {

namespace {

constexpr Milliseconds between{200};
constexpr int looks = 5;
constexpr Milliseconds hurried_patience{2000}; // after a signal there are 7 s

bool needs_others(Act act) {
    constexpr Act own[] = {Act::hook, Act::smoke, Act::migrate, Act::contract, Act::revert, Act::prepare, Act::record};
    return std::find(std::begin(own), std::end(own), act) == std::end(own);
}

}

Milliseconds Deployment::patience() const { return now_.stopping ? hurried_patience : world_.settings.health.deadline; }

Result<void> Deployment::all_here(const Step& step) {
    TRY_VOID(place_.here());
    if (step.act != Act::verify && step.act != Act::bake && step.act != Act::judge) return {};
    const auto answer = TRY(ask_router(world_));
    if (answer.failure == sys::HttpFailure::none) return {};
    return could_not(fmt::format("the router at {} gives no answer: {}", world_.settings.url, answer.reason));
}

bool Deployment::wait_until_back(const std::function<Result<void>()>& here, const std::string& why) {
    const auto deadline = world_.clock.steady() + patience();
    progress_.warn(fmt::format("{}; it is waited for up to {}", why, format_duration(patience())));
    while (world_.clock.steady() < deadline) {
        if (!watch_.pause(between)) return false;
        if (here().ok()) return true;
    }
    return false;
}

Result<void> Deployment::act_patiently(const Step& step) {
    const auto deadline = world_.clock.steady() + patience();
    while (true) {
        auto done = act(step);
        if (done.ok() || done.error().kind != Kind::could_not || !needs_others(step.act)) return done;
        if (world_.clock.steady() >= deadline) return done;
        auto here = all_here(step);
        for (int i = 0; here.ok() && i < looks && watch_.pause(between); ++i)
            here = all_here(step);  // it may be about to go
        if (here.ok()) return done; // it was something else
        if (!wait_until_back([&] { return all_here(step); }, here.error().message)) return done;
        progress_.say(fmt::format("{}: it is back, so this begins again", name_of(step)));
    }
}

Result<Observed> Deployment::observe_patiently() {
    auto observed = observe();
    if (observed.ok() || observed.error().kind != Kind::could_not) return observed;
    const auto why = observed.error().message;
    const auto here = [&]() -> Result<void> {
        observed = observe();
        if (!observed.ok()) return observed.error();
        return {};
    };
    wait_until_back(here, why);
    return observed;
}

}
