#pragma once
#include "deploy/canary/watch.h"
#include "deploy/decide/plan.h"
#include "deploy/place.h"
#include "deploy/policy/migrate.h"
#include "deploy/record/journal.h"
#include "deploy/record/migrations.h"
#include "deploy/record/record.h"
#include "deploy/router.h"
#include "deploy/watch.h"
#include "deploy/world.h"
#include "ledger/steps.h"
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

// Runs one deployment from plan to record: announces each step in the journal, does it, and goes back if a step fails.
namespace fairlead::deploy {

struct Actor {
    std::string name, kind, run_url; // kind: human or ci
};

struct Outcome {
    // deployed; already: there was nothing to do; stopped: by down; rolled_back: it failed after requests had reached
    // it; failed: it failed before any request; aborted: by a signal; restored: an unfinished deployment that had
    // reached requests was undone, as the requested rollback; untouched: the release to roll back from doesn't serve;
    // open: see error
    std::string verdict;
    std::string reason; // why it wasn't deployed
    std::string hook;   // the post hook that failed after the release was deployed; empty: none
    // why contracting migrations did not run after the release was deployed; empty: they ran, or there are none
    std::string contract;
    std::string log; // last lines of the candidate or of its prepare commands
    std::string deployment, release, previous;
    // What is wrong with the serving release's answers through the router; empty: nothing, or nothing serves.
    std::string unanswered;
    std::string way_back;                 // the release that a plain rollback would go to now; empty: none
    bool left_running = false;            // the old release still has requests; the next run stops it
    bool sick = false;                    // the release itself is the cause: deploying it again needs --retry-bad
    bool is_its_fault = false;            // the release is the cause, but it may work after a fix
    Migrations migrations;                // migrations that ran
    std::vector<std::string> no_evidence; // required verdicts that don't count: why, and the command for a new one
    std::optional<Error> error;           // exit status 3
};

struct Records {
    std::vector<ledger::Damage> damaged;
    std::vector<std::string> broken; // problems of the history
};

class Deployment {
  public:
    Deployment(const World& world, Place& place, Router& router, ledger::Progress& progress, Actor actor);

    Result<Observed> observe();
    // Like observe(), for commands that only read: also works if the router is down and can't say who gets requests.
    Result<Observed> look();
    // Returns what would be done. `command`: apply, or rollback, which has no hooks and no canary.
    Result<Plan> plan(const ReleaseInfo& release, bool force, const std::string& command);
    Result<Plan> plan(const Observed& observed, const ReleaseInfo& release, bool force, const std::string& command);
    // Finds damaged records; only reads.
    Result<Records> records();
    // Called under the lock before each of the three functions below. Sets damaged records aside. If the state was
    // lost, rebuilds it from the running and the existing releases. Reports what it did.
    Result<void> mend_records();
    // If the serving release is newer than the records (somebody restored a backup), writes the state that state_by()
    // returns.
    Result<void> renew_state();
    // Returns the stored state or, if it was lost, the state that mend_records would write.
    Result<State> state_by(const Observed& observed);
    // The caller holds the lock for these three. `approved`: hash of the approved plan.
    Result<Outcome> apply(const Release& release, bool force, const std::string& approved = "");
    // Goes back to the release `to`; empty: the release before the current one. Error (no): that release no longer
    // exists. `if_current` (a release or its version; empty: any): does nothing if another release serves. Error
    // (usage): that release was never deployed here. `with_down`: first reverts the database's migrations to this
    // version; empty: reverts nothing.
    Result<Outcome> rollback(const std::string& to, const std::string& reason, const std::string& if_current = "",
                             const std::string& with_down = "");
    // Error (no): contracting migrations of later releases ran, so the release can't work with the database.
    Result<void> check_database(const std::string& release, const std::string& with_down);
    // Runs the leftover contracting migrations of the serving release, once nothing of the old release runs. If there
    // are no such migrations: "already".
    Result<Outcome> contract_what_is_left();
    // Which contracting migrations wait because other components are deployed first. own: those of the new release;
    // left: leftover ones of the serving release.
    struct Leaves {
        bool own = false, left = false;
    };
    void leave_contract(Leaves leaves) { leaves_ = leaves; }
    // The evidence that the next apply rests on (carry/basis.h), for its record.
    struct Basis {
        std::vector<std::string> evidence; // ids
        std::string without;               // why it needs none; empty: it has what is required
    };
    void rest_on(Basis basis) { basis_ = std::move(basis); }
    // Returns the names of post hooks that failed after the release was deployed, if today's settings still have them.
    Result<std::vector<std::string>> hooks_left(const std::string& release) const;
    // Sets the version to which the next planned rollback first reverts migrations.
    void plan_down(const std::string& to) { down_to_ = to; }
    Result<Outcome> down(const std::string& reason); // stops everything; nothing serves any more
    Result<ReleaseInfo> rollback_target(const std::string& to);
    // Error (no): `release`, chosen by a rollback without a name, is damaged; the message names the other releases.
    Result<void> check_chosen(const std::string& release);
    // Returns a warning if `to` is empty and `release` was chosen because the previous release no longer exists; else
    // empty.
    Result<std::string> skipped_for(const std::string& to, const std::string& release);
    // What a rollback would do with an interrupted deployment; only reads. Nothing: there is none, or the rollback is
    // planned only after it is finished or undone.
    struct Ahead {
        std::string deployment, release;
        bool undone = false; // false: it is finished first
        std::string serves;  // the release that serves at the end
    };
    Result<std::optional<Ahead>> rollback_of_interrupted(const std::string& to, const std::string& if_current);
    // Returns the outcome of a rollback with this `if_current` if another release serves. Nothing: that release serves.
    Result<std::optional<Outcome>> untouched(const std::string& if_current);

  private:
    struct Asked { // what this run was asked to do
        std::string command;
        const ReleaseInfo* release = nullptr; // for apply
        std::string to;                       // for rollback; empty: the release before the current one
        std::string if_current = {};          // for rollback; empty: any
    };
    struct Finished { // the end of a deployment whose process was killed
        Outcome outcome;
        bool last_word = false; // the outcome is what was asked for, or nothing more can be done now
        std::string aim = {};   // the remaining target of the requested rollback; empty: as requested
    };
    struct Decided {
        bool again = false;   // this run deploys the same release
        bool served = false;  // the old release served all the time
        bool back_up = false; // it stopped the serving release, which shall serve again
        Recovery what = Recovery::undo;
    };
    Result<Decided> decide(const Journal& journal, const Observed& observed, const Asked& asked); // begins `now_`
    // Finishes an interrupted deployment. Nothing: there was none.
    Result<std::optional<Finished>> finish_interrupted(const Asked& asked);
    // Whether undoing the interrupted deployment is the requested rollback. `served`: the old release served all the
    // time.
    Result<bool> undo_is_asked(const Asked& asked, bool served);
    Finished resumed(const Asked& asked, bool again, Outcome outcome) const;
    Result<Finished> undone(const Asked& asked, bool is_asked, const std::string& step);
    // Ends the interrupted deployment in its current state; the next plan starts from there.
    Result<void> leave_as_it_is(const std::string& why);
    // the error says that nothing was changed, and to repeat `what`
    Result<void> can_route(const char* what);
    Result<void> note_hook(const std::string& name, bool well); // records whether a post hook succeeded
    Record begun_anew(const State& state) const;                // the first record after the history was lost
    // the stored state; in a command that only reads, that of state_by()
    Result<State> known_state();
    Result<void> tidy(); // deletes nothing on the word of damaged records
    Result<Outcome> carry_out(Plan plan, const ReleaseInfo& release);
    // the message says that a rollback needs a name
    Error nothing_deployed(const std::vector<std::string>& present) const;
    Result<ReleaseInfo> one_of_version(const std::vector<ReleaseInfo>& those, const std::string& current) const;
    Result<Outcome> forward(const std::vector<Step>& steps);
    Result<Outcome> give_up(const Error& error, const Step& step);
    std::string success() const; // verdict
    void ask_whether_it_serves();
    Error not_taken_back(const std::string& why) const;
    // Goes back to the old release. Calls `tell` as soon as requests are led back.
    Result<Outcome> go_back(const std::function<void()>& tell = {});
    bool lead_back();                   // leads requests to the old release, if all of it still runs
    Error cause_of(const Error& error); // finds the cause of a process's end during bake()
    void tell_why(const Step& step, bool signalled);
    std::string last_lines(const Step& step, std::size_t most); // of the instance that failed in this step
    Plan way_back(const Observed& left);                        // `left`: the current state
    Result<void> do_step(const Step& step);                     // announces the step, does it and measures its time
    Result<void> act(const Step& step);
    // Like act(). If the place or the router is away for a while, waits for it and repeats the step.
    Result<void> act_patiently(const Step& step);
    Result<void> act_again(const Step& step, bool place_was_away);
    static bool is_judged(Act act); // the act checks whether the release is well
    Result<void> all_here(const Step& step);
    // error: the place or router is away, which may be the cause of `error`
    Result<void> away(const Step& step, const Error& error);
    Result<Observed> observe_patiently(); // for the way back
    Milliseconds patience() const;        // the longest wait for one outage
    bool wait_until_back(const std::function<Result<void>()>& here, const std::string& why, Milliseconds limit);
    Result<void> ready(const Step& step);
    Result<void> drain(const Step& step);
    Result<void> start(const Step& step);
    Result<void> verify(const Step& step);
    Result<void> route(const Step& step);
    Result<void> stop(const Step& step);
    Result<void> hook(const Step& step);
    Result<void> smoke(const Step& step);
    Result<void> judge(const Step& step);
    Result<void> expand();
    Result<void> contract(const Step& step);
    Result<void> revert(const Step& step);
    Result<void> run_phase(const ReleaseInfo& release, Phase phase, std::vector<std::string> Migrations::*ran);
    Result<void> keep_migrations();
    Migrations kept_migrations(const std::string& deployment) const;
    void drop_pending(const ReleaseInfo& release);
    Result<void> tell_what_is_left();
    // Returns the release whose leftover contracting migrations a deployment of `release` runs first; empty: there are
    // none, or they can't run yet.
    Result<std::string> contract_left(const ReleaseInfo& release, const std::string& current);
    Error too_late() const;
    sys::Clock::Steady deadline() const; // of the whole deployment
    bool late() const;
    Result<void> keep_warm(const Step& step);
    // Returns whether the release runs in the slot with the same settings that a start would use now, and without
    // restarts.
    Result<bool> runs_as_wanted(const Observed& observed, const std::string& slot, const ReleaseInfo& release);
    Result<void> commit();
    Result<void> prune();
    bool hurry(); // a signal came: 7 s to reach a safe state
    Record record() const;
    std::string now() const;

    const World& world_;
    Place& place_;
    Router& router_;
    ledger::Progress& progress_;
    const Actor actor_;
    Watch watch_;
    const ledger::Steps steps_;
    const sys::Clock::Steady begun_;
    const Release* files_ = nullptr;
    std::string why_; // the reason given with a rollback or down
    std::string down_to_;
    Leaves leaves_;
    Basis basis_;
    std::set<std::string> told_; // reported problems of the records
    std::string unsure_;         // why nothing may be deleted; empty: deleting is allowed

    struct Current { // the current deployment
        std::string started;
        Plan plan;
        ReleaseInfo release;
        Outcome outcome;
        std::vector<ledger::StepTime> times;
        bool switched = false;                     // requests may have reached the candidate
        bool let_go = false;                       // an instance of the old release was drained or stopped
        bool killed = false;                       // a process had to be killed
        int cut = 0;                               // number of requests that were cut off
        bool stopping = false;                     // a signal came
        bool back_begun = false;                   // an earlier run had begun to go back
        Migrations migrations;                     // migrations that ran, or may have
        std::unique_ptr<CanaryWatch> canary;       // from the first canary step on
        std::map<Instance, std::string> addresses; // of the old release's instances, until one is started again
    } now_;
};

}
