#include "deploy/carry/deployment.h"
#include "base/printable.h"
#include "base/text.h"
#include "base/version.h"
#include "deploy/decide/strategies.h"
#include "deploy/last_lines.h"
#include "deploy/layout.h"
#include "deploy/policy/contract_left.h"
#include "deploy/policy/hooks.h"
#include "deploy/policy/hooks_left.h"
#include "deploy/policy/smoke.h"
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
    observed.strays = TRY(place_.strays());
    auto routed = router_.observe();
    if (!routed.ok()) observed.router_trouble = routed.error();
    for (const auto& [instance, address, weight] : std::move(routed).value_or({}))
        observed.routed.push_back({instance, weight});
    const bool only_looks = world_.store.ledger().passes_over(); // an act has mended what was lost
    const auto state = TRY(only_looks ? state_by(observed) : world_.store.state());
    observed.current = state.current;
    observed.previous = state.previous;
    observed.slot = state.slot;
    return observed;
}

Result<Outcome> Deployment::apply(const Release& release, bool force, const std::string& approved) {
    const ledger::ReserveAfterwards reserve(world_.store.ledger());
    TRY_VOID(mend_records());
    TRY_VOID(tidy());
    files_ = &release;
    if (const auto before = TRY(finish_interrupted({"apply", &release.info, {}})); before && before->last_word)
        return before->outcome;
    auto plan = TRY(this->plan(release.info, force, "apply"));
    plan.approved = approved;
    plan.evidence = basis_.evidence;
    plan.without_evidence = basis_.without;
    return carry_out(std::move(plan), release.info);
}

// Only the files of its own folder are just those of what serves. Whoever puts an older release back wants none of it.
Result<std::string> Deployment::contract_left(const ReleaseInfo& release, const std::string& current) {
    const auto left = TRY(read_contract_left(world_.store.ledger().folder()));
    if (!left || left->release != current) return std::string();
    const bool fresh = !place_.folder(current).empty() && !world_.store.may_have_seen(release.id);
    return release.id == current || fresh ? current : std::string();
}

Result<std::vector<std::string>> Deployment::hooks_left(const std::string& release) const {
    auto left = TRY(read_hooks_left(world_.store.ledger().folder()));
    if (left.release != release) return std::vector<std::string>();
    const auto& hooks = world_.settings.policy.hooks;
    std::erase_if(left.names, [&](const auto& name) { return !hooks.find(name); }); // taken out, or left out now
    return std::move(left.names);
}

Result<void> Deployment::check_database(const std::string& release, const std::string& with_down) {
    const auto history = TRY(world_.store.history());
    return check_way_back(history, release, with_down);
}

Result<Outcome> Deployment::contract_what_is_left() {
    TRY_VOID(mend_records());
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
    if (!again) wanted.around.hooks_left = TRY(hooks_left(release.id));
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
    const auto running = observed.staying(slot);
    const bool its = !running.empty() && running == observed.in(slot) && observed.holds_only(slot, release.id);
    if (!its || observed.alone(slot)) return false;
    for (const auto& instance : running)
        if (const auto seen = TRY(place_.process(instance)); seen.restarts > 0) return false;
    return place_.same_settings(slot, release);
}

Result<void> Deployment::keep_warm(const Step& step) { return place_.keep_warm(step.on, world_.settings.keep_warm); }

Result<Outcome> Deployment::carry_out(Plan plan, const ReleaseInfo& release) {
    now_ = {};
    now_.started = now();
    now_.plan = std::move(plan);
    now_.release = release;
    now_.outcome = {.release = release.id, .previous = now_.plan.old_release};
    if (now_.plan.steps.empty()) {
        now_.outcome.verdict = "already";
        ask_whether_it_serves();
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
        const bool stuck = watch_.router_failed() && !router_.can_route().ok(); // no way leads back now
        if (!past && !stuck) return give_up(done.error(), step);
        // The new release serves and is well. The journal stays open: the next run finishes.
        now_.outcome.verdict = "open";
        now_.outcome.reason = done.error().message;
        now_.outcome.error = could_not(fmt::format("{}: {}; {}run again to finish", name_of(step), done.error().message,
                                                   now_.plan.command == "down" ? "" : "the new release serves, "));
        return now_.outcome;
    }
    now_.outcome.verdict = success();
    now_.outcome.migrations = now_.migrations;
    ask_whether_it_serves(); // also what was verified: the old release may have taken a minute to end since
    TRY_VOID(world_.store.ledger().journal(now_.outcome.deployment, ledger::end_line(now_.outcome.verdict, now())));
    return now_.outcome;
}

// What this run did not prove it doesn't claim.
void Deployment::ask_whether_it_serves() {
    if (now_.plan.command == "down" || now_.release.id.empty()) return;
    const auto& plan = now_.plan;
    const auto& those = plan.already ? plan.olds : plan.starts;
    const auto observed = observe();
    const auto missing = std::find_if(those.begin(), those.end(),
                                      [&](const auto& one) { return !observed.ok() || !observed->stays(one); });
    if (!observed.ok() || missing != those.end()) {
        now_.outcome.unanswered = observed.ok()
                                      ? fmt::format("{} of {} does not run", name_of(*missing), now_.release.id)
                                      : observed.error().message;
        return;
    }
    const auto asked = watch_.answers(those, now_.release);
    if (asked.ok()) return;
    now_.outcome.unanswered = asked.error().message;
    now_.outcome.sick = plan.command == "apply" && !plan.already && asked.error().kind == Kind::no;
}

std::string Deployment::success() const {
    return now_.plan.already ? "already" : now_.plan.command == "down" ? "stopped" : "deployed";
}

Result<Outcome> Deployment::give_up(const Error& error, const Step& step) {
    auto& outcome = now_.outcome;
    const bool signalled = hurry();
    outcome.migrations = now_.migrations;
    outcome.verdict = signalled ? "aborted" : now_.switched ? "rolled_back" : "failed";
    const auto cause = cause_of(error);
    outcome.reason = signalled ? "interrupted by a signal" : cause.message;
    const bool its_own = !signalled && cause.kind == Kind::no && now_.plan.command == "apply";
    outcome.sick = its_own && (is_judged(step.act) || (step.act == Act::hook && now_.switched));
    outcome.is_its_fault = its_own && step.act != Act::route;
    auto undone = TRY(go_back([&] { tell_why(step, signalled); }));
    if (!undone.error && !signalled && cause.kind != Kind::no) undone.error = cause;
    return undone;
}

// What ended answers nobody, and each question before the switch costs requests. Where it fails, the way back tells.
bool Deployment::lead_back() {
    if (!now_.switched || now_.let_go || now_.plan.old_release.empty()) return false;
    auto step = route_to(now_.plan.old, even_shares(now_.plan.olds));
    step.undo = true;
    return do_step(step).ok();
}

// An engine that goes may end its containers before it stops answering: once requests are led back there is time to
// see.
Error Deployment::cause_of(const Error& error) {
    if (!watch_.heard_an_end()) return error;
    const bool back = lead_back();
    if (error.kind != Kind::no) return error; // that is known already
    const auto how = watch_.how_it_ended();
    if (!how.ok() && how.error().kind != Kind::no) return how.error();
    constexpr Milliseconds between{100};
    for (int looks = back ? 5 : 1; looks > 0; --looks) {
        if (const auto here = place_.here(); !here.ok()) return here.error();
        if (back) world_.clock.rest(between);
    }
    return how.ok() ? error : how.error();
}

void Deployment::tell_why(const Step& step, bool signalled) {
    auto& outcome = now_.outcome;
    progress_.warn(fmt::format("going back: {}", outcome.reason));
    if (signalled) return;
    constexpr std::size_t most = 1000; // the cause may stand far above the end
    const auto log = last_lines(step, most);
    outcome.log = last_lines_of(log);
    [[maybe_unused]] const auto kept = world_.store.ledger().keep(outcome.deployment, "candidate.log", log);
}

std::string Deployment::last_lines(const Step& step, std::size_t most) {
    if (step.act == Act::migrate || step.act == Act::revert) return {}; // its message has them
    if (step.slot.empty()) return place_.prepare_lines(most);
    const auto& of = step.on.empty() ? now_.plan.starts : step.on;
    for (const auto& instance : of) { // the one that ended says why
        const auto seen = place_.process(instance);
        if (seen.ok() && (!seen->running || seen->restarts > 0)) return place_.log(instance, most);
    }
    return of.empty() ? std::string() : place_.log(of.front(), most);
}

Error Deployment::not_taken_back(const std::string& why) const {
    return could_not(fmt::format("{} could not be taken back: {} (after: {}); it may serve, but it is not verified; "
                                 "run again when the cause is gone, then it is taken back",
                                 now_.plan.release, why, now_.outcome.reason));
}

Result<Outcome> Deployment::go_back(const std::function<void()>& tell) {
    auto& outcome = now_.outcome;
    bool told = !tell;
    const auto tell_once = [&] {
        if (!std::exchange(told, true)) tell();
    };
    world_.store.ledger().give_up_reserve();
    const auto seen = observe_patiently();
    if (!seen.ok()) {
        tell_once();
        outcome.error = not_taken_back(seen.error().message);
        return outcome;
    }
    const auto& left = seen.value();
    for (const auto& step : undo_steps(way_back(left), left, now_.back_begun)) {
        if (step.act != Act::route) tell_once(); // each moment before that costs requests
        const auto done = do_step(step);
        if (done.ok()) continue;
        tell_once();
        const auto observed = observe();
        if (!observed.ok()) {
            outcome.error = not_taken_back(fmt::format("{}: {}", name_of(step), done.error().message));
            return outcome;
        }
        const auto there =
            place_.serves_at_once()
                ? std::string("only the target's own commands know which release is there now")
                : fmt::format("the router leads to {}, slots that run: {}{}",
                              observed->routed.empty()                           ? "nothing"
                              : observed->leads_only_to(observed->routed_slot()) ? "slot " + observed->routed_slot()
                                                                                 : "both slots",
                              observed->in("a").empty() ? "" : "a ", observed->in("b").empty() ? "" : "b");
        outcome.error = could_not(fmt::format("the way back failed at {}: {} (after: {}); {}; run again when the cause "
                                              "is gone, or deploy another release",
                                              name_of(step), done.error().message, outcome.reason, there));
        return outcome;
    }
    sys::fault_point("undo-end");
    TRY_VOID(world_.store.ledger().journal(outcome.deployment, ledger::end_line(outcome.verdict, now())));
    if (outcome.previous.empty()) return outcome;
    const auto old = TRY(world_.store.release(outcome.previous)).value_or(ReleaseInfo{.id = outcome.previous});
    [[maybe_unused]] const auto worn = world_.as_proven(old.id); // else it is asked as today's settings have it
    const auto asked = watch_.answers(now_.plan.olds, old);
    if (!asked.ok()) outcome.unanswered = asked.error().message;
    return outcome;
}

// A release that somebody changed since it was sealed doesn't serve again, whatever else there is.
Plan Deployment::way_back(const Observed& left) {
    auto plan = now_.plan;
    auto& outcome = now_.outcome;
    if (plan.old.empty() || plan.old_release.empty() || left.stays(plan.old)) return plan;
    const auto whole = place_.check(plan.old_release);
    if (whole.ok()) return plan;
    const auto lost = fmt::format("{}; it can't serve again, so nothing serves; deploy it again, or another release",
                                  whole.error().message);
    progress_.warn(lost);
    outcome.reason += "; " + lost;
    outcome.previous.clear();
    plan.old_release.clear();
    return plan;
}

Result<void> Deployment::do_step(const Step& step) {
    const ledger::Announced announced{name_of(step), where(step), step_line(step, now()), step.undo,
                                      step.undo && step.act == Act::route};
    return steps_.take(now_.outcome.deployment, announced, now_.times, [&] { return act_patiently(step); });
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
            .evidence = now_.plan.evidence,
            .without_evidence = now_.plan.without_evidence,
            .migrations = now_.migrations,
            .tool_version = std::string(version())};
}

}
