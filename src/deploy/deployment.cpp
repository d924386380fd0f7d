#include "deploy/deployment.h"
#include "base/printable.h"
#include "base/text.h"
#include "base/version.h"
#include "deploy/layout.h"
#include "deploy/policy/contract_left.h"
#include "deploy/policy/hooks.h"
#include "deploy/policy/smoke.h"
#include "deploy/strategies.h"
#include "sys/digest.h"
#include "sys/fault.h"
#include "sys/process/process.h"
#include <algorithm>
#include <csignal>
#include <fmt/format.h>

namespace fairlead::deploy {

namespace {

Around around_of(const PolicySettings& policy) {
    Around around;
    for (const auto& hook : policy.hooks.pre)
        (hook.in_release ? around.before_start : around.before_fetch).push_back(hook.name);
    for (const auto& hook : policy.hooks.post) (hook.undoes ? around.before_let_go : around.after).push_back(hook.name);
    return around;
}

// One that stopped what served: until its record is written it can be taken back itself.
bool takes_back_down(const Unfinished& unfinished, const std::string& command, const std::string& to,
                     const std::string& if_current) {
    const auto& [id, plan, last, switched] = unfinished;
    const bool recorded = last && (last->act == Act::commit || last->act == Act::prune);
    return command == "rollback" && plan.command == "down" && !plan.old_release.empty() && !recorded &&
           (to.empty() || to == plan.old_release) && (if_current.empty() || if_current == "any");
}

}

Deployment::Deployment(const World& world, Place& place, Router& router, ledger::Progress& progress, Actor actor)
    : world_(world), place_(place), router_(router), progress_(progress), actor_(std::move(actor)),
      watch_(world, place, router, progress), steps_(world.store.ledger(), world.clock, progress),
      begun_(world.clock.steady()) {}

std::string Deployment::now() const { return format_utc(world_.clock.now()); }

Result<Observed> Deployment::observe() {
    auto observed = TRY(look());
    if (observed.router_trouble) return *observed.router_trouble;
    return observed;
}

Result<Observed> Deployment::look() {
    Observed observed;
    observed.seen = TRY(place_.observe());
    auto routed = router_.observe();
    if (!routed.ok()) observed.router_trouble = routed.error();
    for (const auto& [instance, address, weight] : std::move(routed).value_or({}))
        observed.routed.push_back({instance, weight});
    const auto state = TRY(world_.store.state());
    observed.current = state.current;
    observed.previous = state.previous;
    observed.slot = state.slot;
    return observed;
}

Result<Outcome> Deployment::apply(const Release& release, bool force, const std::string& approved) {
    const ledger::ReserveAfterwards reserve(world_.store.ledger());
    TRY_VOID(mend_records());
    TRY_VOID(world_.store.tidy());
    files_ = &release;
    if (const auto before = TRY(finish_interrupted({"apply", &release.info, {}})); before && before->last_word)
        return before->outcome;
    auto plan = TRY(this->plan(release.info, force, "apply"));
    plan.approved = approved;
    return carry_out(std::move(plan), release.info);
}

// Only the files of its own folder are just those of what serves. Whoever puts an older release back wants none of it.
Result<std::string> Deployment::contract_left(const ReleaseInfo& release, const std::string& current) {
    const auto left = TRY(read_contract_left(world_.store.ledger().folder()));
    if (!left || left->release != current) return std::string();
    const bool fresh = !place_.folder(current).empty() && !world_.store.may_have_seen(release.id);
    return release.id == current || fresh ? current : std::string();
}

Result<void> Deployment::check_database(const std::string& release, const std::string& with_down) {
    const auto history = TRY(world_.store.history());
    return check_way_back(history, release, with_down);
}

Result<Outcome> Deployment::contract_what_is_left() {
    const auto observed = TRY(observe());
    const auto release = TRY(world_.store.release(observed.current)).value_or(ReleaseInfo{.id = observed.current});
    auto plan = TRY(this->plan(observed, release, false, "apply"));
    if (plan.already) return carry_out(std::move(plan), release);
    return could_not(fmt::format("{} does not serve as it was deployed; deploy it again", release.id));
}

Result<Plan> Deployment::plan(const ReleaseInfo& release, bool force, const std::string& command) {
    const auto observed = TRY(observe());
    return plan(observed, release, force, command);
}

Result<Plan> Deployment::plan(const Observed& observed, const ReleaseInfo& release, bool force,
                              const std::string& command) {
    Wanted wanted{.release = release.id, .force = force, .command = command};
    wanted.same_settings = TRY(place_.same_settings(observed.slot, release));
    wanted.instances = place_.instances(observed.slot.empty() ? "a" : observed.slot);
    const auto& settings = world_.settings;
    const bool again = command == "rollback"; // it served before: nobody waits for a verdict on it
    if (!again) wanted.around = around_of(settings.policy);
    wanted.around.smoke = settings.policy.smoke;
    if (!again && settings.migrate) {
        wanted.around.migrate = true;
        wanted.around.leave_contract = leaves_.own;
        if (!leaves_.left) wanted.around.contract_left = TRY(contract_left(release, observed.current));
    }
    if (again) wanted.around.down_to = down_to_;
    wanted.warm = !force && TRY(runs_as_wanted(observed, other_slot(observed.serving_slot()), release));
    const Pace pace{
        .batch = settings.batch, .weights = settings.canary.steps, .keep_warm = settings.keep_warm.count() > 0};
    return make_plan(observed, wanted, again && settings.strategy == "canary" ? "blue-green" : settings.strategy, pace);
}

Result<bool> Deployment::runs_as_wanted(const Observed& observed, const std::string& slot, const ReleaseInfo& release) {
    const auto running = observed.in(slot);
    if (running.empty() || observed.release(slot) != release.id || observed.alone(slot)) return false;
    for (const auto& instance : running)
        if (const auto seen = TRY(place_.process(instance)); seen.restarts > 0) return false;
    return place_.same_settings(slot, release);
}

Result<void> Deployment::keep_warm(const Step& step) { return place_.keep_warm(step.on, world_.settings.keep_warm); }

Result<void> Deployment::mend_records() {
    const auto& store = world_.store;
    const auto damaged = TRY(store.set_damaged_aside());
    for (const auto& what : damaged) progress_.warn(what);
    if (TRY(store.unfinished())) return {}; // it tells what was going on
    auto state = TRY(store.state());
    const auto observed = state.current.empty() ? observe() : Result<Observed>(Observed{});
    if (!observed.ok()) return observed.error();
    const auto slot = observed->routed_slot();
    const auto serving = observed->release(slot);
    const bool lost = state.current.empty() && observed->running(slot) && !serving.empty();
    if (lost || !damaged.empty()) TRY_VOID(place_.record_again());
    if (!lost) return {};
    const auto history = TRY(store.history());
    state = {.current = serving, .slot = slot};
    const auto came = std::find_if(history.records.rbegin(), history.records.rend(), [&](const Record& record) {
        return record.release == serving && record.verdict == "deployed";
    });
    if (came != history.records.rend()) {
        state.previous = came->previous;
        state.deployment = came->deployment;
    }
    if (!history.links.empty()) state.last = {history.links.back().id, history.last_sha256};
    progress_.warn(fmt::format("the state was lost: slot {} serves {}, and it is recorded so again", slot, serving));
    return store.write(state);
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

Result<Outcome> Deployment::rollback(const std::string& to, const std::string& reason, const std::string& if_current,
                                     const std::string& with_down) {
    const ledger::ReserveAfterwards reserve(world_.store.ledger());
    world_.store.ledger().give_up_reserve();
    TRY_VOID(mend_records());
    TRY_VOID(world_.store.tidy());
    why_ = reason;
    if (const auto before = TRY(finish_interrupted({"rollback", nullptr, to, if_current})); before && before->last_word)
        return before->outcome;
    if (const auto other = TRY(untouched(if_current))) return *other; // only now it is known who serves
    const auto release = TRY(rollback_target(to));
    if (const auto able = router_.can_route(); !able.ok()) {
        auto error = able.error();
        error.message += "; nothing was touched: roll back again then";
        return error;
    }
    TRY_VOID(check_database(release.id, with_down));
    TRY_VOID(world_.as_proven(release.id));
    TRY_VOID(place_.can_start());
    if (world_.settings.policy.smoke) TRY_VOID(check_smoke(world_));
    watch_.do_without_router();
    plan_down(with_down);
    auto plan = TRY(this->plan(release, false, "rollback"));
    return carry_out(std::move(plan), release);
}

Result<Outcome> Deployment::down(const std::string& reason) {
    const ledger::ReserveAfterwards reserve(world_.store.ledger());
    world_.store.ledger().give_up_reserve();
    TRY_VOID(mend_records());
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
    const auto present = TRY(place_.present());
    History history; // of who is named it says nothing, and may be damaged
    if (to.empty()) history = TRY(world_.store.history());
    const auto state = TRY(world_.store.state());
    std::vector<ReleaseInfo> infos;
    for (const auto& id : present) {
        if (auto info = TRY(world_.store.release(id))) infos.push_back(*info);
    }
    if (to.empty() && state.current.empty()) {
        return no("nothing is deployed that could be rolled back; deploy, or name a release by --to");
    }
    auto wanted = to.empty() ? rollback_choice(history, state.current, present) : to;
    // A history that was lost tells nothing of who served before, which the state then knows.
    const bool told = std::any_of(history.records.begin(), history.records.end(),
                                  [&](const auto& record) { return record.release == state.previous; });
    if (wanted.empty() && !told) wanted = state.previous;
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
    return no(fmt::format("{}; here are {}; name the one to serve: fairlead-deploy rollback RELEASE --env {}", fact,
                          join(others, ", "), world_.settings.environment));
}

Result<bool> Deployment::undo_is_asked(const Asked& asked, bool served) {
    const auto& plan = now_.plan;
    if (asked.command != "rollback" || plan.command != "apply") return false;
    if (!is_meant(plan.release, asked.if_current)) return false; // another release is to be taken back
    if (plan.old_release.empty() || plan.old_release == plan.release) return false;
    if (asked.to.empty()) return true;
    if (served && !now_.switched) return false; // then the one that is named is deployed, or serves already
    if (asked.to == plan.old_release) return true;
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
    now_.migrations = kept_migrations(unfinished.id);
    if (unfinished.last && unfinished.last->act == Act::migrate) drop_pending(now_.release);
    const auto observed = TRY(observe());
    const bool again = asked.release != nullptr && asked.release->id == plan.release &&
                       TRY(runs_as_wanted(observed, plan.candidate, *asked.release));
    const bool served = observed.leads_only_to(plan.old) && observed.running(plan.old);
    const bool not_yet = served && unfinished.last && !unfinished.last->undo && unfinished.last->act == Act::route;
    now_.switched = unfinished.switched && !not_yet;
    auto decision = recover(unfinished, observed, again);
    const bool back_up = takes_back_down(unfinished, asked.command, asked.to, asked.if_current);
    if (back_up) decision = Recovery::undo;
    progress_.say(fmt::format("deployment {} of {} died at {}; {}", unfinished.id, plan.release, step,
                              decision == Recovery::resume ? "it is finished now" : "it is undone"));
    Finished finished;
    if (decision == Recovery::resume) {
        const auto why = std::exchange(why_, asked.command == plan.command ? why_ : "");
        if (plan.command == "rollback") TRY_VOID(world_.as_proven(plan.release));
        finished.outcome = TRY(forward(resume_steps(unfinished, observed)));
        why_ = why;
        // A plain rollback once more would go one release too far.
        finished.last_word = again || (asked.command == "rollback" && plan.command == "rollback" && asked.to.empty() &&
                                       is_meant(plan.old_release, asked.if_current));
    } else {
        const bool is_asked = back_up || TRY(undo_is_asked(asked, served));
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
    TRY_VOID(world_.as_proven(""));
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
    const auto last_chance = static_cast<int>(point_of_no_return(now_.plan.steps));
    for (const auto& step : steps) {
        const bool past = step.number >= last_chance;
        if (!past && watch_.interrupted()) return give_up(no("interrupted"), step);
        auto done = do_step(step);
        if (!past && watch_.interrupted()) return give_up(no("interrupted"), step);
        if (done.ok() && !past && late()) done = too_late();
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
    now_.outcome.migrations = now_.migrations;
    TRY_VOID(world_.store.ledger().journal(now_.outcome.deployment, ledger::end_line(now_.outcome.verdict, now())));
    return now_.outcome;
}

std::string Deployment::success() const {
    return now_.plan.already ? "already" : now_.plan.command == "down" ? "stopped" : "deployed";
}

Result<Outcome> Deployment::give_up(const Error& error, const Step& step) {
    auto& outcome = now_.outcome;
    const bool signalled = hurry();
    outcome.migrations = now_.migrations;
    outcome.verdict = signalled ? "aborted" : now_.switched ? "rolled_back" : "failed";
    outcome.reason = signalled ? "interrupted by a signal" : error.message;
    constexpr Act judged[] = {Act::ready, Act::smoke, Act::judge, Act::verify, Act::bake};
    outcome.sick = !signalled && error.kind == Kind::no && now_.plan.command == "apply" &&
                   (std::find(std::begin(judged), std::end(judged), step.act) != std::end(judged) ||
                    (step.act == Act::hook && now_.switched));
    if (watch_.heard_an_end()) lead_back();
    auto undone = TRY(go_back([&] { tell_why(error, step, signalled); }));
    if (!undone.error && !signalled && error.kind != Kind::no) undone.error = error;
    return undone;
}

// What ended answers nobody, and each question before the switch costs requests. Where it fails, the way back tells.
void Deployment::lead_back() {
    if (!now_.switched || now_.let_go || now_.plan.old_release.empty()) return;
    auto step = route_to(now_.plan.old, even_shares(now_.plan.olds));
    step.undo = true;
    [[maybe_unused]] const auto done = do_step(step);
}

void Deployment::tell_why(const Error& error, const Step& step, bool signalled) {
    auto& outcome = now_.outcome;
    if (const auto how = watch_.how_it_ended(); !signalled && !how.empty())
        outcome.reason.replace(0, error.message.size(), how);
    progress_.warn(fmt::format("going back: {}", outcome.reason));
    if (signalled) return;
    outcome.log = last_lines(step);
    [[maybe_unused]] const auto kept =
        world_.store.ledger().keep(outcome.deployment, "candidate.log", outcome.log); // also in the message
}

std::string Deployment::last_lines(const Step& step) {
    if (step.act == Act::migrate || step.act == Act::revert) return {}; // its message has them
    if (step.slot.empty()) return place_.prepare_lines();
    const auto& of = step.on.empty() ? now_.plan.starts : step.on;
    for (const auto& instance : of) { // the one that ended says why
        const auto seen = place_.process(instance);
        if (seen.ok() && (!seen->running || seen->restarts > 0)) return place_.last_lines(instance);
    }
    return of.empty() ? std::string() : place_.last_lines(of.front());
}

Result<Outcome> Deployment::go_back(const std::function<void()>& tell) {
    auto& outcome = now_.outcome;
    bool told = !tell;
    const auto tell_once = [&] {
        if (!std::exchange(told, true)) tell();
    };
    world_.store.ledger().give_up_reserve();
    const auto left = TRY(observe());
    for (const auto& step : undo_steps(way_back(left), left)) {
        if (step.act != Act::route) tell_once(); // each moment before that costs requests
        const auto done = do_step(step);
        if (done.ok()) continue;
        tell_once();
        const auto observed = TRY(observe());
        const auto there =
            place_.serves_at_once()
                ? std::string("what is there now, only the target's own commands know")
                : fmt::format("the router leads to {}, slots that run: {}{}",
                              observed.routed.empty()                          ? "nothing"
                              : observed.leads_only_to(observed.routed_slot()) ? "slot " + observed.routed_slot()
                                                                               : "both slots",
                              observed.running("a") ? "a " : "", observed.running("b") ? "b" : "");
        outcome.error = could_not(fmt::format("the way back failed at {}: {} (after: {}); {}; run again when the cause "
                                              "is gone",
                                              name_of(step), done.error().message, outcome.reason, there));
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
    const auto whole = place_.check(plan.old_release);
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
    const ledger::Announced announced{name_of(step), where(step), step_line(step, now()), step.undo,
                                      step.undo && step.act == Act::route};
    return steps_.take(now_.outcome.deployment, announced, now_.times, [&] { return act(step); });
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
            .canary = now_.canary ? now_.canary->told() : std::string(),
            .plan = now_.plan.approved,
            .migrations = now_.migrations,
            .tool_version = std::string(version())};
}

}
