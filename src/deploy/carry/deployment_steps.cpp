#include "base/printable.h"
#include "base/text.h"
#include "deploy/carry/deployment.h"
#include "deploy/policy/hooks.h"
#include "deploy/policy/hooks_left.h"
#include <algorithm>
#include <csignal>
#include <fmt/format.h>

// What each step does.
namespace fairlead::deploy {

namespace {

// After a signal there are 7 s: probes may take 2, these the rest.
constexpr Milliseconds hurried_drain{3000}, hurried_stop{1000};
constexpr Milliseconds rollback_bake{10000};
constexpr Milliseconds supervisor_patience{2000}; // over the time that the process itself has

}

Result<void> Deployment::act(const Step& step) {
    const bool lets_go = step.act == Act::drain || step.act == Act::stop || step.act == Act::warm;
    now_.let_go = now_.let_go || (lets_go && !step.undo && step.slot == now_.plan.old);
    switch (step.act) {
    case Act::clean:
        if (step.slot.empty()) return place_.end_stray(step.what);
        TRY_VOID(drain(step));
        return stop(step);
    case Act::fetch: return place_.fetch(*files_);
    case Act::prepare: return place_.prepare(now_.release);
    case Act::start: return start(step);
    case Act::ready: return ready(step);
    case Act::route: now_.switched = now_.switched || switches(now_.plan, step); return route(step);
    case Act::verify: return verify(step);
    case Act::bake: {
        const auto wish = std::min(world_.settings.bake, world_.settings.policy.deadline);
        const bool known = now_.plan.command == "rollback"; // it served before
        return watch_.bake(step.on, now_.release, known ? std::min(wish, rollback_bake) : wish);
    }
    case Act::drain: return drain(step);
    case Act::stop: return stop(step);
    case Act::warm: return now_.outcome.left_running ? Result<void>() : keep_warm(step);
    case Act::wake: return place_.wake(step.on);
    case Act::commit: return commit();
    case Act::hook: return hook(step);
    case Act::smoke: return smoke(step);
    case Act::judge: return judge(step);
    case Act::migrate: return expand();
    case Act::contract: return contract(step);
    case Act::revert: return revert(step);
    case Act::record: return world_.store.append(record());
    case Act::prune: return prune();
    }
    return {};
}

Result<void> Deployment::start(const Step& step) {
    now_.switched = now_.switched || (!step.undo && place_.serves_at_once());
    if (!step.undo) return place_.start(step.on, now_.release);
    now_.addresses.clear();
    for (const auto& instance : step.on) TRY_VOID(place_.restart(instance));
    return {};
}

Result<void> Deployment::route(const Step& step) {
    // Those of the way back are known by then: each moment of that costs requests.
    for (const auto& old : step.undo ? Instances() : serving(now_.plan.olds))
        if (!now_.addresses.contains(old))
            if (const auto address = place_.address(old); address.ok()) now_.addresses[old] = address.value();
    const auto address_of = [&](const Instance& instance) {
        const auto known = now_.addresses.find(instance);
        return step.undo && known != now_.addresses.end() ? Result<std::string>(known->second)
                                                          : place_.address(instance);
    };
    std::vector<Upstream> upstreams;
    for (const auto& [instance, weight] : step.to) {
        const auto address = TRY(address_of(instance));
        upstreams.push_back({instance, address, weight});
    }
    std::vector<Instance> reached;
    for (const auto& share : step.to) reached.push_back(share.to);
    const auto outlasts = place_.outlast(reached);
    if (!step.undo) TRY_VOID(outlasts); // the way back goes on all the same
    return router_.route(upstreams);
}

// Others may have requests too: what is verified then is that whoever answers is one of the two.
Result<void> Deployment::verify(const Step& step) {
    const auto routed = TRY(observe());
    if (!routed.leads_to(now_.plan.old)) return watch_.verify(step.on, now_.release);
    const auto old = TRY(world_.store.release(now_.plan.old_release));
    Watch::Beside beside{old.value_or(ReleaseInfo{.id = now_.plan.old_release}), {}};
    for (const auto& [to, weight] : routed.routed)
        if (to.slot == now_.plan.old) beside.instances.push_back(to);
    return watch_.verify(step.on, now_.release, &beside);
}

Result<void> Deployment::ready(const Step& step) {
    if (!step.undo) {
        const auto wakes = [](const Step& one) { return one.act == Act::wake; };
        const bool warm = std::any_of(now_.plan.steps.begin(), now_.plan.steps.end(), wakes);
        return watch_.ready(step.on, now_.release, warm);
    }
    const auto old =
        TRY(world_.store.release(now_.plan.old_release)).value_or(ReleaseInfo{.id = now_.plan.old_release});
    TRY_VOID(world_.as_proven(now_.plan.old_release));
    watch_.heed_signals(false); // nothing is safe before the old one serves again
    auto done = watch_.ready(step.on, old);
    watch_.heed_signals(!now_.stopping);
    return done;
}

sys::Clock::Steady Deployment::deadline() const { return begun_ + world_.settings.policy.deadline; }

bool Deployment::late() const { return world_.clock.steady() >= deadline(); }

Error Deployment::too_late() const {
    return could_not(fmt::format("the deployment was not done after {}; raise deploy.deadline if it may take longer",
                                 format_duration(world_.settings.policy.deadline)));
}

Result<void> Deployment::hook(const Step& step) {
    const auto& hooks = world_.settings.policy.hooks;
    const auto* const named = hooks.find(step.what);
    if (!named) { // the settings changed since its deployer died
        progress_.warn(fmt::format("hook '{}' is not in fairlead.yml any more; it is skipped", one_line(step.what)));
        return {};
    }
    const auto done = run_hook(*named, world_, now_.release, place_.folder(now_.release.id));
    const auto after = std::find(hooks.post.begin(), hooks.post.end(), *named) != hooks.post.end() && !named->undoes;
    if (after) TRY_VOID(note_hook(step.what, done.ok()));
    if (done.ok() || !after) return done;
    now_.outcome.hook = done.error().message; // what serves now is committed, and well
    progress_.warn(now_.outcome.hook);
    return {};
}

Result<void> Deployment::note_hook(const std::string& name, bool well) {
    const auto& folder = world_.store.ledger().folder();
    auto left = TRY(read_hooks_left(folder));
    if (left.release != now_.release.id) left = {.release = now_.release.id, .names = {}};
    const bool known = std::erase(left.names, name) > 0;
    if (well && !known) return {};
    if (!well) left.names.push_back(name);
    return write_hooks_left(folder, left);
}

Result<void> Deployment::smoke(const Step& step) {
    if (step.on.empty()) return run_smoke(world_, "");
    for (const auto& instance : serving(step.on)) {
        const auto address = TRY(place_.address(instance));
        TRY_VOID(run_smoke(world_, address));
    }
    return {};
}

Result<void> Deployment::judge(const Step& step) {
    if (!now_.canary) {
        const auto started = parse_utc(now_.started).value_or(world_.clock.now());
        now_.canary = std::make_unique<CanaryWatch>(world_, place_, router_, progress_, started);
    }
    const CanaryWatch::Calls calls{[&] { return watch_.alive(step.on); },
                                   [&] { return !late() && watch_.pause(look_interval); }};
    const auto& steps = now_.plan.steps;
    const auto here = steps.begin() + std::min<std::ptrdiff_t>(step.number, std::ssize(steps));
    const auto before = std::count_if(steps.begin(), here, [](const Step& one) { return one.act == Act::judge; });
    return now_.canary->judge(step.on, now_.plan.olds, static_cast<std::size_t>(before), calls);
}

bool Deployment::hurry() {
    if (watch_.interrupted()) {
        now_.stopping = true;
        watch_.heed_signals(false);
    }
    return now_.stopping;
}

Result<void> Deployment::drain(const Step& step) {
    auto waited = TRY(watch_.drain(step.on, hurry() ? hurried_drain : world_.settings.drain_timeout));
    if (waited == Waited::interrupted && hurry()) waited = TRY(watch_.drain(step.on, hurried_drain));
    if (waited == Waited::done) return {};
    const int left = TRY(watch_.connections(step.on));
    if (left == 0) return {}; // the last one went meanwhile
    now_.outcome.left_running = now_.stopping && !step.undo;
    if (!now_.outcome.left_running) now_.cut += left;
    progress_.warn(
        fmt::format("slot {} still has {} requests; {}", step.slot, left,
                    now_.outcome.left_running ? "it is left running, and the next run stops it" : "they are cut now"));
    return {};
}

Result<void> Deployment::stop(const Step& step) {
    if (now_.outcome.left_running) return {};
    Instances ran;
    for (const auto& instance : step.on) {
        const auto seen = TRY(place_.process(instance));
        if (seen.running) ran.push_back(instance);
        TRY_VOID(place_.end(instance));
    }
    auto waited =
        TRY(watch_.gone(step.on, hurry() ? hurried_stop : world_.settings.stop_timeout + supervisor_patience));
    if (waited == Waited::interrupted && hurry()) waited = TRY(watch_.gone(step.on, hurried_stop));
    const bool patience_over = waited != Waited::done;
    for (const auto& instance : ran) {
        const auto seen = TRY(place_.process(instance));
        // Its supervisor may have lost patience before us.
        if (!seen.running && seen.last_status != 128 + SIGKILL) continue;
        now_.killed = true;
        progress_.warn(fmt::format("{} did not react to {} and was killed; check that the program gets the signal: a "
                                   "shell that starts it must use exec",
                                   where({.slot = step.slot, .on = {instance}}), world_.settings.stop_signal));
        if (patience_over) TRY_VOID(place_.kill(instance));
    }
    if (patience_over && TRY(watch_.gone(step.on, supervisor_patience)) != Waited::done)
        return could_not(fmt::format("slot {} can't be killed; check its process", step.slot));
    for (const auto& instance : step.on) TRY_VOID(place_.clear(instance));
    return {};
}

Result<void> Deployment::commit() {
    const auto state = TRY(world_.store.state());
    const auto& slot = now_.plan.candidate;
    const auto release = slot.empty() ? "" : now_.plan.release;
    now_.outcome.verdict = success();
    now_.outcome.reason = why_;
    TRY_VOID(tell_what_is_left());
    TRY_VOID(place_.commit(slot, release));
    TRY_VOID(write_hooks_left(world_.store.ledger().folder(), {})); // of what served before
    TRY_VOID(router_.commit());
    TRY_VOID(world_.store.append(record()));
    const auto last = TRY(world_.store.state()).last;
    const auto previous = state.current == release ? state.previous : state.current;
    return world_.store.write(State{release, previous, slot, now_.outcome.deployment, last});
}

}
