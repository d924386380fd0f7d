#include "deploy/carry/deployment.h"
#include "deploy/way_back.h"
#include <fmt/format.h>

// What becomes of a deployment whose deployer died.
namespace fairlead::deploy {

namespace {

// One that stopped what served: until its record is written it can be taken back itself.
bool takes_back_down(const Unfinished& unfinished, const std::string& command, const std::string& to,
                     const std::string& if_current) {
    const auto& [id, plan, last, switched] = unfinished;
    const bool recorded = last && (last->act == Act::commit || last->act == Act::prune);
    return command == "rollback" && plan.command == "down" && !plan.old_release.empty() && !recorded &&
           (to.empty() || to == plan.old_release) && (if_current.empty() || if_current == "any");
}

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

Result<Deployment::Decided> Deployment::decide(const Journal& begun, const Observed& observed, const Asked& asked) {
    const auto& unfinished = begun.deployment;
    const auto& plan = unfinished.plan;
    now_ = {};
    now_.started = begun.started;
    now_.plan = plan;
    now_.release = TRY(world_.store.release(plan.release)).value_or(ReleaseInfo{.id = plan.release});
    now_.outcome = {.deployment = unfinished.id, .release = plan.release, .previous = plan.old_release};
    Decided decided;
    decided.again = asked.release != nullptr && asked.release->id == plan.release &&
                    TRY(runs_as_wanted(observed, plan.candidate, *asked.release));
    decided.served = observed.leads_only_to(plan.old) && observed.stays(plan.old);
    const bool not_yet =
        decided.served && unfinished.last && !unfinished.last->undo && unfinished.last->act == Act::route;
    now_.switched = unfinished.switched && !not_yet;
    now_.back_begun = unfinished.last && unfinished.last->undo;
    decided.back_up = takes_back_down(unfinished, asked.command, asked.to, asked.if_current);
    decided.what = decided.back_up ? Recovery::undo : recover(unfinished, observed, decided.again);
    return decided;
}

Result<std::optional<Deployment::Ahead>> Deployment::rollback_of_interrupted(const std::string& to,
                                                                             const std::string& if_current) {
    const auto journal = TRY(world_.store.unfinished());
    if (!journal) return std::optional<Ahead>();
    const Asked asked{"rollback", nullptr, to, if_current};
    const auto observed = TRY(look());
    const auto decided = TRY(decide(*journal, observed, asked));
    const auto present = TRY(place_.present());
    const bool is_asked = TRY(undo_is_asked(asked, decided.served));
    const auto& plan = journal->deployment.plan;
    Ahead ahead{journal->deployment.id, plan.release, decided.what == Recovery::undo, {}};
    if (ahead.undone && (decided.back_up || is_asked))
        ahead.serves = plan.old_release;
    else if (!ahead.undone && to.empty() && plan.command == "rollback")
        ahead.serves = plan.release;
    else if (!ahead.undone && to.empty() && plan.command == "apply")
        ahead.serves =
            TRY(release_before(world_.store, {.current = plan.release, .previous = plan.old_release}, present));
    if (!ahead.undone && to.empty() && plan.command == "down") return nothing_deployed(present);
    return ahead.serves.empty() ? std::optional<Ahead>() : std::optional(ahead);
}

Result<std::optional<Deployment::Finished>> Deployment::finish_interrupted(const Asked& asked) {
    auto journal = TRY(world_.store.unfinished());
    if (!journal) return std::optional<Finished>();
    const auto& unfinished = journal->deployment;
    const auto& plan = unfinished.plan;
    const auto step = unfinished.last ? name_of(*unfinished.last) : "its start";
    const auto observed = TRY(observe());
    const auto [again, served, back_up, decision] = TRY(decide(*journal, observed, asked));
    now_.migrations = kept_migrations(unfinished.id);
    if (unfinished.last && unfinished.last->act == Act::migrate) drop_pending(now_.release);
    const bool leave = asked.command == "down" && decision == Recovery::undo; // all of it ends: nothing starts for that
    progress_.say(fmt::format("deployment {} of {} died at {}; {}", unfinished.id, plan.release, step,
                              leave                          ? "what still runs of it is stopped"
                              : decision == Recovery::resume ? "it is finished now"
                                                             : "it is undone"));
    Finished finished;
    if (leave) {
        TRY_VOID(leave_as_it_is(fmt::format("its deployer died at {}", step)));
    } else if (decision == Recovery::resume) {
        const auto why = std::exchange(why_, asked.command == plan.command ? why_ : "");
        if (plan.command == "rollback") TRY_VOID(world_.as_proven(plan.release));
        auto outcome = TRY(forward(resume_steps(unfinished, observed)));
        why_ = why;
        finished = resumed(asked, again, std::move(outcome));
    } else {
        const bool is_asked = TRY(undo_is_asked(asked, served));
        finished = TRY(undone(asked, back_up || is_asked, step));
    }
    TRY_VOID(world_.as_proven(""));
    return std::optional(finished);
}

Deployment::Finished Deployment::resumed(const Asked& asked, bool again, Outcome outcome) const {
    const auto& plan = now_.plan;
    // A plain rollback once more would go one release too far.
    const bool once_more = asked.command == "rollback" && plan.command == "rollback" && asked.to.empty() &&
                           is_meant(plan.old_release, asked.if_current);
    const bool silent = !outcome.unanswered.empty() && !outcome.error; // it is put there again
    const bool over = outcome.error || outcome.verdict == "aborted";
    return {.outcome = std::move(outcome),
            .last_word = over || ((again || once_more) && !silent),
            .aim = once_more && silent ? plan.release : std::string()};
}

Result<Deployment::Finished> Deployment::undone(const Asked& asked, bool is_asked, const std::string& step) {
    now_.outcome.verdict = now_.switched ? "rolled_back" : "failed";
    now_.outcome.reason = fmt::format("its deployer died at {}", step);
    if (is_asked && !why_.empty()) now_.outcome.reason += "; rolled back: " + why_;
    auto way_back = TRY(go_back());
    Finished finished{.outcome = std::move(way_back)};
    auto& outcome = finished.outcome;
    if (outcome.error && !is_asked && observe().ok()) { // another release needn't wait for one that can't come back
        const auto failed = outcome.error->message;
        progress_.warn(failed + fmt::format("; {} goes on from what runs now", asked.command));
        TRY_VOID(leave_as_it_is(failed));
        return Finished{};
    }
    if (is_asked && !outcome.error && !outcome.previous.empty()) {
        progress_.say("undoing it was the rollback that you asked for");
        outcome.verdict = "restored";
        std::swap(outcome.release, outcome.previous);
        finished.last_word = true;
    }
    finished.last_word = finished.last_word || outcome.error || outcome.verdict == "aborted";
    return finished;
}

Result<void> Deployment::leave_as_it_is(const std::string& why) {
    now_.outcome.verdict = now_.switched ? "rolled_back" : "failed";
    now_.outcome.reason = why;
    now_.outcome.error.reset();
    TRY_VOID(world_.store.append(record()));
    return world_.store.ledger().journal(now_.outcome.deployment, ledger::end_line(now_.outcome.verdict, now()));
}

}
