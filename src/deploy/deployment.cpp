#include "deploy/deployment.h"
#include "base/printable.h"
#include "base/text.h"
#include "base/version.h"
#include "sys/digest.h"
#include "sys/fault.h"
#include "sys/process/process.h"
#include <algorithm>
#include <csignal>
#include <fmt/format.h>

namespace fairlead::deploy {

namespace {

// After a signal there are 7 s: probes may take 2, these the rest.
constexpr Milliseconds hurried_drain{3000}, hurried_stop{1000};
constexpr Milliseconds rollback_bake{10000};
constexpr Milliseconds supervisor_patience{2000}; // over the time that the process itself has

}

Deployment::Deployment(const World& world, Target& target, ledger::Progress& progress, Actor actor)
    : world_(world), target_(target), progress_(progress), actor_(std::move(actor)),
      watch_(world.settings, target, world.clock, progress), steps_(world.store.ledger(), world.clock, progress) {}

std::string Deployment::now() const { return format_utc(world_.clock.now()); }

Result<Observed> Deployment::observe() {
    auto observed = TRY(target_.observe());
    const auto state = TRY(world_.store.state());
    observed.current = state.current;
    observed.previous = state.previous;
    observed.slot = state.slot;
    return observed;
}

Result<Outcome> Deployment::apply(const Release& release, bool force) {
    const ledger::ReserveAfterwards reserve(world_.store.ledger());
    TRY_VOID(world_.store.tidy());
    files_ = &release;
    if (const auto before = TRY(finish_interrupted({"apply", &release.info, {}})); before && before->last_word)
        return before->outcome;
    const auto observed = TRY(observe());
    const bool same = TRY(target_.same_settings(observed.slot, release.info));
    return carry_out(make_plan(observed, {release.info.id, same, force, "apply"}, world_.settings.strategy),
                     release.info);
}

Result<std::optional<Outcome>> Deployment::untouched(const std::string& if_current) {
    const auto state = TRY(world_.store.state());
    if (is_meant(state.current, if_current)) return std::optional<Outcome>();
    if (const auto& where = world_.settings.environment; !world_.store.may_have_seen(if_current))
        return usage(
            fmt::format("'{}' was never deployed to {}, so it takes nothing back ({} serves); name a release as "
                        "`fairlead-deploy history --env {}` does, or any",
                        one_line(if_current), where, state.current.empty() ? "none" : state.current, where));
    return std::optional(Outcome{.verdict = "untouched",
                                 .reason = fmt::format("{} does not serve", if_current),
                                 .release = state.current,
                                 .previous = state.previous});
}

Result<Outcome> Deployment::rollback(const std::string& to, const std::string& reason, const std::string& if_current) {
    const ledger::ReserveAfterwards reserve(world_.store.ledger());
    world_.store.ledger().give_up_reserve();
    TRY_VOID(world_.store.tidy());
    why_ = reason;
    if (const auto before = TRY(finish_interrupted({"rollback", nullptr, to, if_current})); before && before->last_word)
        return before->outcome;
    if (const auto other = TRY(untouched(if_current))) return *other; // only now it is known who serves
    const auto release = TRY(rollback_target(to));
    const auto observed = TRY(observe());
    const bool same = TRY(target_.same_settings(observed.slot, release));
    return carry_out(make_plan(observed, {release.id, same, false, "rollback"}, world_.settings.strategy), release);
}

Result<Outcome> Deployment::down(const std::string& reason) {
    const ledger::ReserveAfterwards reserve(world_.store.ledger());
    world_.store.ledger().give_up_reserve();
    TRY_VOID(world_.store.tidy());
    why_ = reason;
    if (const auto before = TRY(finish_interrupted({"down", nullptr, {}})); before && before->last_word)
        return before->outcome;
    const auto observed = TRY(observe());
    auto plan = make_down_plan(observed);
    const auto release = TRY(world_.store.release(plan.release)).value_or(ReleaseInfo{.id = plan.release});
    return carry_out(std::move(plan), release);
}

Result<ReleaseInfo> Deployment::rollback_target(const std::string& to) {
    const auto present = TRY(target_.present());
    const auto history = TRY(world_.store.history());
    const auto state = TRY(world_.store.state());
    std::vector<ReleaseInfo> infos;
    for (const auto& id : present) {
        if (auto info = TRY(world_.store.release(id))) infos.push_back(*info);
    }
    if (to.empty() && state.current.empty()) {
        return no("nothing is deployed that could be rolled back; deploy, or name a release by --to");
    }
    const auto wanted = to.empty() ? rollback_choice(history, state.current, present) : to;
    const auto found = std::find_if(infos.begin(), infos.end(), [&](const auto& info) { return info.id == wanted; });
    if (found != infos.end()) return *found;
    const auto same_version = [&](const auto& info) { return info.version == wanted; };
    if (std::count_if(infos.begin(), infos.end(), same_version) == 1)
        return *std::find_if(infos.begin(), infos.end(), same_version);
    auto others = present;
    std::erase(others, state.current);
    const auto fact = to.empty()
                          ? fmt::format("nothing that served before {} is left to go back to by itself", state.current)
                          : fmt::format("release '{}' is not here any more", to);
    if (others.empty()) return no(fact + "; no other release is here: deploy one");
    return no(fmt::format("{}; here are {}; name the one to serve: fairlead-deploy rollback {} --env {}", fact,
                          join(others, ", "), others.back(), world_.settings.environment));
}

Result<bool> Deployment::started_as_wanted(const Plan& plan, const ReleaseInfo& wanted) {
    if (plan.release != wanted.id || plan.candidate.empty()) return false;
    const auto seen = TRY(target_.process(plan.candidate));
    return seen.running && !seen.alone && seen.restarts == 0 && TRY(target_.same_settings(plan.candidate, wanted));
}

Result<bool> Deployment::undo_is_asked(const Asked& asked, bool served) {
    const auto& plan = now_.plan;
    if (asked.command != "rollback" || plan.command != "apply") return false;
    if (!is_meant(plan.release, asked.if_current)) return false; // another release is to be taken back
    if (plan.old_release.empty() || plan.old_release == plan.release || (served && !now_.switched)) return false;
    if (asked.to.empty() || asked.to == plan.old_release) return true;
    const auto old = TRY(world_.store.release(plan.old_release));
    return old && old->version == asked.to;
}

Result<std::optional<Deployment::Finished>> Deployment::finish_interrupted(const Asked& asked) {
    auto journal = TRY(world_.store.unfinished());
    if (!journal) return std::optional<Finished>();
    const auto& unfinished = journal->deployment;
    const auto& plan = unfinished.plan;
    const auto step = unfinished.last ? name_of(*unfinished.last) : "its start";
    now_ = {};
    now_.started = journal->started;
    now_.plan = plan;
    now_.release = TRY(world_.store.release(plan.release)).value_or(ReleaseInfo{.id = plan.release});
    now_.outcome = {.deployment = unfinished.id, .release = plan.release, .previous = plan.old_release};
    const bool again = asked.release != nullptr && TRY(started_as_wanted(plan, *asked.release));
    const auto observed = TRY(observe());
    const bool served = observed.routed == plan.old && observed.running(plan.old);
    const bool not_yet = served && unfinished.last && !unfinished.last->undo && unfinished.last->act == Act::route;
    now_.switched = unfinished.switched && !not_yet;
    const auto decision = recover(unfinished, observed, again);
    progress_.say(fmt::format("deployment {} of {} died at {}; {}", unfinished.id, plan.release, step,
                              decision == Recovery::resume ? "it is finished now" : "it is undone"));
    Finished finished;
    if (decision == Recovery::resume) {
        const auto why = std::exchange(why_, asked.command == plan.command ? why_ : "");
        finished.outcome = TRY(forward(resume_steps(unfinished)));
        why_ = why;
        // A plain rollback once more would go one release too far.
        finished.last_word = again || (asked.command == "rollback" && plan.command == "rollback" && asked.to.empty() &&
                                       is_meant(plan.old_release, asked.if_current));
    } else {
        const bool is_asked = TRY(undo_is_asked(asked, served));
        now_.outcome.verdict = now_.switched ? "rolled_back" : "failed";
        now_.outcome.reason = fmt::format("its deployer died at {}", step);
        if (is_asked && !why_.empty()) now_.outcome.reason += "; rolled back: " + why_;
        finished.outcome = TRY(go_back());
        if (is_asked && !finished.outcome.error && !finished.outcome.previous.empty()) {
            progress_.say("its way back was the rollback asked for");
            finished.outcome.verdict = "restored";
            std::swap(finished.outcome.release, finished.outcome.previous);
            finished.last_word = true;
        }
    }
    if (finished.outcome.error || finished.outcome.verdict == "aborted") finished.last_word = true;
    return std::optional(finished);
}

Result<Outcome> Deployment::carry_out(Plan plan, const ReleaseInfo& release) {
    now_ = {};
    now_.started = now();
    now_.plan = std::move(plan);
    now_.release = release;
    now_.outcome = {.release = release.id, .previous = now_.plan.old_release};
    if (now_.plan.steps.empty()) {
        now_.outcome.verdict = "already";
        return now_.outcome;
    }
    now_.outcome.deployment = world_.store.ledger().new_id(world_.clock);
    TRY_VOID(world_.store.begin(now_.outcome.deployment, now_.plan, now_.started));
    sys::fault_point("plan");
    return forward(now_.plan.steps);
}

Result<Outcome> Deployment::forward(const std::vector<Step>& steps) {
    const auto last_chance = now_.plan.steps.begin() + static_cast<std::ptrdiff_t>(point_of_no_return(now_.plan.steps));
    for (const auto& step : steps) {
        const bool past = std::find(last_chance, now_.plan.steps.end(), step) != now_.plan.steps.end();
        if (!past && watch_.interrupted()) return give_up(no("interrupted"), step);
        auto done = do_step(step);
        if (!past && watch_.interrupted()) return give_up(no("interrupted"), step);
        if (done.ok()) continue;
        if (!past && !watch_.router_failed()) return give_up(done.error(), step);
        // The new release serves and is well. The journal stays open: the next run finishes.
        now_.outcome.verdict = "open";
        now_.outcome.reason = done.error().message;
        now_.outcome.error =
            could_not(fmt::format("{}: {}; {}, run again to finish", name_of(step), done.error().message,
                                  now_.plan.command == "down" ? "nothing serves" : "the new release serves"));
        return now_.outcome;
    }
    now_.outcome.verdict = success();
    TRY_VOID(world_.store.ledger().journal(now_.outcome.deployment, ledger::end_line(now_.outcome.verdict, now())));
    return now_.outcome;
}

std::string Deployment::success() const {
    return now_.plan.already ? "already" : now_.plan.command == "down" ? "stopped" : "deployed";
}

Result<Outcome> Deployment::give_up(const Error& error, const Step& step) {
    auto& outcome = now_.outcome;
    const bool signalled = hurry();
    outcome.verdict = signalled ? "aborted" : now_.switched ? "rolled_back" : "failed";
    outcome.reason = signalled ? "interrupted by a signal" : error.message;
    progress_.warn(fmt::format("going back: {}", outcome.reason));
    if (!signalled) {
        outcome.log = target_.last_lines(step.slot.empty() ? "" : now_.plan.candidate);
        [[maybe_unused]] const auto kept =
            world_.store.ledger().keep(outcome.deployment, "candidate.log", outcome.log); // also in the message
    }
    auto undone = TRY(go_back());
    if (!undone.error && !signalled && error.kind != Kind::no) undone.error = error;
    return undone;
}

Result<Outcome> Deployment::go_back() {
    auto& outcome = now_.outcome;
    world_.store.ledger().give_up_reserve();
    const auto left = TRY(observe());
    for (const auto& step : undo_steps(way_back(left), left)) {
        const auto done = do_step(step);
        if (done.ok()) continue;
        const auto observed = TRY(observe());
        outcome.error = could_not(
            fmt::format("the way back failed at {}: {} (after: {}); the router leads to {}, slots that run: {}{}; "
                        "run again when the cause is gone",
                        name_of(step), done.error().message, outcome.reason,
                        observed.routed.empty() ? "nothing" : "slot " + observed.routed,
                        observed.running("a") ? "a " : "", observed.running("b") ? "b" : ""));
        return outcome;
    }
    sys::fault_point("undo-end");
    TRY_VOID(world_.store.ledger().journal(outcome.deployment, ledger::end_line(outcome.verdict, now())));
    return outcome;
}

// A release that somebody changed since it was sealed doesn't serve again, whatever else there is.
Plan Deployment::way_back(const Observed& left) {
    auto plan = now_.plan;
    auto& outcome = now_.outcome;
    if (plan.old.empty() || plan.old_release.empty() || left.running(plan.old)) return plan;
    const auto whole = target_.check(plan.old_release);
    if (whole.ok()) return plan;
    const auto lost = fmt::format(
        "{}, so it does not serve again, and nothing does; deploy it again, or another release", whole.error().message);
    progress_.warn(lost);
    outcome.reason += "; " + lost;
    outcome.previous.clear();
    plan.old_release.clear();
    return plan;
}

Result<void> Deployment::do_step(const Step& step) {
    const ledger::Announced announced{name_of(step), step.slot.empty() ? "" : "slot " + step.slot,
                                      step_line(step, now()), step.undo};
    return steps_.take(now_.outcome.deployment, announced, now_.times, [&] { return act(step); });
}

Result<void> Deployment::act(const Step& step) {
    switch (step.act) {
    case Act::clean: TRY_VOID(drain(step)); return stop(step.slot);
    case Act::fetch: return target_.fetch(*files_);
    case Act::prepare: return target_.prepare(now_.release);
    case Act::start: return step.undo ? target_.restart(step.slot) : target_.start(step.slot, now_.release);
    case Act::ready: return ready(step);
    case Act::route: now_.switched = now_.switched || !step.undo; return target_.route(step.slot);
    case Act::verify: return watch_.verify(step.slot, now_.release);
    case Act::bake: {
        const auto wish = world_.settings.bake;
        const bool known = now_.plan.command == "rollback"; // it served before
        return watch_.bake(step.slot, now_.release, known ? std::min(wish, rollback_bake) : wish);
    }
    case Act::drain: return drain(step);
    case Act::stop: return stop(step.slot);
    case Act::commit: return commit();
    case Act::record: return world_.store.append(record());
    case Act::prune: return prune();
    }
    return {};
}

Result<void> Deployment::ready(const Step& step) {
    if (!step.undo) return watch_.ready(step.slot, now_.release);
    const auto old =
        TRY(world_.store.release(now_.plan.old_release)).value_or(ReleaseInfo{.id = now_.plan.old_release});
    watch_.heed_signals(false); // nothing is safe before the old one serves again
    auto done = watch_.ready(step.slot, old);
    watch_.heed_signals(!now_.stopping);
    return done;
}

bool Deployment::hurry() {
    if (watch_.interrupted()) {
        now_.stopping = true;
        watch_.heed_signals(false);
    }
    return now_.stopping;
}

Result<void> Deployment::drain(const Step& step) {
    auto waited = TRY(watch_.drain(step.slot, hurry() ? hurried_drain : world_.settings.drain_timeout));
    if (waited == Waited::interrupted && hurry()) waited = TRY(watch_.drain(step.slot, hurried_drain));
    if (waited == Waited::done) return {};
    const int left = TRY(target_.use(step.slot)).connections;
    now_.outcome.left_running = now_.stopping && !step.undo;
    if (!now_.outcome.left_running) now_.cut += left;
    progress_.warn(
        fmt::format("slot {} still has {} requests; {}", step.slot, left,
                    now_.outcome.left_running ? "it is left running, the next run stops it" : "they are cut now"));
    return {};
}

Result<void> Deployment::stop(const std::string& slot) {
    if (now_.outcome.left_running) return {};
    TRY_VOID(target_.end(slot));
    auto waited = TRY(watch_.gone(slot, hurry() ? hurried_stop : world_.settings.stop_timeout + supervisor_patience));
    if (waited == Waited::interrupted && hurry()) waited = TRY(watch_.gone(slot, hurried_stop));
    const bool patience_over = waited != Waited::done;
    // Its supervisor may have lost patience before us.
    if (patience_over || TRY(target_.process(slot)).last_status == 128 + SIGKILL) {
        now_.killed = true;
        progress_.warn(fmt::format("slot {} did not react to {} and was killed; does the program get the signal? A "
                                   "shell in front of it needs exec",
                                   slot, world_.settings.stop_signal));
    }
    if (patience_over) {
        TRY_VOID(target_.kill(slot));
        if (TRY(watch_.gone(slot, supervisor_patience)) != Waited::done) {
            return could_not(fmt::format("slot {} can't be killed; look at its process", slot));
        }
    }
    return target_.clear(slot);
}

Result<void> Deployment::commit() {
    const auto state = TRY(world_.store.state());
    const auto& slot = now_.plan.candidate;
    const auto release = slot.empty() ? "" : now_.plan.release;
    now_.outcome.verdict = success();
    now_.outcome.reason = why_;
    TRY_VOID(target_.commit(slot, release));
    TRY_VOID(world_.store.append(record()));
    const auto last = TRY(world_.store.state()).last;
    const auto previous = state.current == release ? state.previous : state.current;
    return world_.store.write(State{release, previous, slot, now_.outcome.deployment, last});
}

Result<void> Deployment::prune() {
    const auto state = TRY(world_.store.state());
    const auto history = TRY(world_.store.history());
    auto kept = kept_releases(history, state.current, state.previous, world_.settings.retain);
    const auto present = TRY(target_.present());
    kept.push_back(rollback_choice(history, state.current, present));
    TRY_VOID(target_.prune(kept));
    return world_.store.tidy();
}

Record Deployment::record() const {
    const auto& settings = world_.settings;
    return {.deployment = now_.outcome.deployment,
            .app = settings.app,
            .environment = settings.environment,
            .target = settings.target,
            .strategy = now_.plan.strategy,
            .command = now_.plan.command,
            .release = now_.release.id,
            .version = now_.release.version,
            .digest = now_.release.digest,
            .commit = now_.release.commit,
            .previous = now_.plan.old_release,
            .actor = actor_.name,
            .actor_kind = actor_.kind,
            .run_url = actor_.run_url,
            .host = sys::host_name(),
            .started = now_.started,
            .finished = now(),
            .steps = now_.times,
            .killed = now_.killed,
            .cut = now_.cut,
            .verdict = now_.outcome.verdict,
            .reason = now_.outcome.reason,
            .tool_version = std::string(version())};
}

}
