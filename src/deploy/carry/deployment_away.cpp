#include "deploy/carry/deployment.h"
#include <algorithm>
#include <chrono>
#include <fmt/format.h>
#include <iterator>
#include <optional>

// An engine, systemd or a router that is away for a while, to be restarted or reloaded, ends no deployment.
namespace fairlead::deploy {

namespace {

constexpr Milliseconds between{200};
constexpr int looks = 5;
constexpr Milliseconds hurried_patience{2000}; // after a signal there are 7 s

template <std::size_t size>
bool is_one_of(const Act (&acts)[size], Act act) {
    return std::find(std::begin(acts), std::end(acts), act) != std::end(acts);
}

bool needs_others(Act act) {
    constexpr Act own[] = {Act::hook, Act::smoke, Act::migrate, Act::contract, Act::revert, Act::prepare, Act::record};
    return !is_one_of(own, act);
}

bool needs_router(Act act) {
    constexpr Act those[] = {Act::route, Act::verify, Act::bake, Act::judge, Act::drain, Act::commit, Act::clean};
    return is_one_of(those, act);
}

}

bool Deployment::is_judged(Act act) {
    constexpr Act judged[] = {Act::ready, Act::smoke, Act::judge, Act::verify, Act::bake};
    return is_one_of(judged, act);
}

Milliseconds Deployment::patience() const { return now_.stopping ? hurried_patience : world_.settings.health.deadline; }

Result<void> Deployment::all_here(const Step& step) {
    TRY_VOID(place_.here());
    const bool asked = step.act == Act::verify || step.act == Act::bake || step.act == Act::judge;
    if (!needs_router(step.act) || (!asked && place_.serves_at_once()) || watch_.lacks_router()) return {};
    const auto answer = TRY(ask_router(world_, step.undo ? Signals::endured : Signals::heeded));
    if (answer.failure != sys::HttpFailure::none)
        return could_not(fmt::format("the router at {} gives no answer: {}", world_.settings.url, answer.reason));
    TRY_VOID(router_.observe()); // it may serve, and not yet be told anything
    return {};
}

bool Deployment::wait_until_back(const std::function<Result<void>()>& here, const std::string& why,
                                 Milliseconds limit) {
    const auto end = world_.clock.steady() + limit;
    if (limit.count() > 0) progress_.warn(fmt::format("{}; waiting for it for up to {}", why, format_duration(limit)));
    while (world_.clock.steady() < end) {
        if (!watch_.pause(between)) return false;
        if (here().ok()) return true;
    }
    return false;
}

// A release that is not well while its place is away may be so because of that.
Result<void> Deployment::away(const Step& step, const Error& error) {
    const bool ended = step.act == Act::bake && watch_.heard_an_end(); // each moment of that costs requests
    if (ended || (error.kind == Kind::no && is_judged(step.act))) return place_.here();
    if (error.kind != Kind::could_not || !needs_others(step.act)) return {};
    return error;
}

// Each outage has its time, from where it was met first: one that is met as soon as the step begins again is the same.
Result<void> Deployment::act_patiently(const Step& step) {
    const auto last = step.undo ? world_.clock.steady() + world_.settings.policy.deadline : deadline();
    constexpr auto none = sys::Clock::Steady::max();
    auto end = none;
    auto done = act(step);
    auto ran_until = world_.clock.steady();
    while (!done.ok()) {
        const auto why = away(step, done.error());
        if (why.ok()) return done;
        end = std::min({end, ran_until + patience(), last});
        const bool seen_away = done.error().kind == Kind::no || watch_.heard_an_end();
        auto here = seen_away ? why : all_here(step);
        for (int i = 0; here.ok() && i < looks && watch_.pause(between); ++i)
            here = all_here(step);  // it may be about to go
        if (here.ok()) return done; // it was something else
        const bool place_away = seen_away || !place_.here().ok();
        const auto left = std::chrono::duration_cast<Milliseconds>(end - world_.clock.steady());
        if (!wait_until_back([&] { return all_here(step); }, here.error().message, left)) return why;
        progress_.say(fmt::format("{}: it answers again, so this step starts again", name_of(step)));
        const auto begun = world_.clock.steady();
        done = act_again(step, place_away);
        ran_until = world_.clock.steady();
        if (ran_until - begun >= between * looks) end = none;
    }
    return done;
}

// Who keeps it may have ended it when it went, and started it again: that it gets ready once more, at another address
// perhaps, is nobody's fault.
Result<void> Deployment::act_again(const Step& step, bool place_was_away) {
    if (!place_was_away || step.undo || step.on.empty() || !is_judged(step.act)) return act(step);
    const auto well = watch_.ready(step.on, now_.release);
    if (!well.ok()) return could_not(well.error().message + " after its engine or systemd was not available");
    const auto& steps = now_.plan.steps;
    const auto here = steps.begin() + std::min<std::ptrdiff_t>(step.number, std::ssize(steps));
    const auto leads = std::find_if(std::make_reverse_iterator(here), steps.rend(),
                                    [](const Step& one) { return one.act == Act::route; });
    if (leads != steps.rend() && step.act != Act::ready) TRY_VOID(route(*leads));
    return act(step);
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
    wait_until_back(here, why, patience());
    return observed;
}

}
