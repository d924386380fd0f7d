#pragma once
#include "deploy/canary/watch.h"
#include "deploy/journal.h"
#include "deploy/migrations.h"
#include "deploy/place.h"
#include "deploy/plan.h"
#include "deploy/policy/migrate.h"
#include "deploy/record.h"
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

// One deployment from plan to record: announces each step in the journal, does it, and goes back when one fails.
namespace fairlead::deploy {

struct Actor {
    std::string name, kind, run_url; // kind: human or ci
};

struct Outcome {
    // deployed; already: there was nothing to do; stopped: by down; rolled_back: requests had reached it; failed: they
    // had not; aborted: a signal; restored: an unfinished deployment had reached requests and was undone, which is the
    // rollback asked for; untouched: another release serves than the one to take back; open: see error
    std::string verdict;
    std::string reason;   // why not
    std::string hook;     // what a post hook said no to, though it is deployed; empty: nothing
    std::string contract; // why contracting migrations did not run, though it is deployed; empty: they did, or none is
    std::string log;      // last lines of the candidate, or of what prepared it
    std::string deployment, release, previous;
    // How what serves by the router's word doesn't answer there; empty: it does, or none serves.
    std::string unanswered;
    bool left_running = false;  // the old release still has requests; the next run stops it
    bool sick = false;          // it failed for what it is: whoever wants it again has to say so
    bool is_its_fault = false;  // the release's: one that is mended may do
    Migrations migrations;      // that ran
    std::optional<Error> error; // exit status 3
};

struct Records {
    std::vector<ledger::Damage> damaged;
    std::vector<std::string> broken; // what is wrong with the history
};

class Deployment {
  public:
    Deployment(const World& world, Place& place, Router& router, ledger::Progress& progress, Actor actor);

    Result<Observed> observe();
    // The same for somebody who only looks: whoever gets requests, a router that is down does not tell.
    Result<Observed> look();
    // What would be done. `command`: apply or rollback, which has no hooks and no canary.
    Result<Plan> plan(const ReleaseInfo& release, bool force, const std::string& command);
    Result<Plan> plan(const Observed& observed, const ReleaseInfo& release, bool force, const std::string& command);
    // What somebody or a disk did to the records; a look.
    Result<Records> records();
    // Under the lock, before each of the three: sets damaged records aside, and where the state was lost makes it again
    // from what runs and what is there. All of it is told.
    Result<void> mend_records();
    // As it is kept, or, where that was lost, as mend_records would write it.
    Result<State> state_by(const Observed& observed);
    // The caller holds the lock for these three. `approved`: hash of the plan that this was approved by.
    Result<Outcome> apply(const Release& release, bool force, const std::string& approved = "");
    // An empty `to` is the release before the current one. Error (no): it is not there any more. Where `if_current` (a
    // release or its version; empty: any) does not serve, nothing is rolled back. Error (usage): it never came here.
    // `with_down`: version that the database's migrations are taken back to first; empty: none is.
    Result<Outcome> rollback(const std::string& to, const std::string& reason, const std::string& if_current = "",
                             const std::string& with_down = "");
    // Error (no): contracting migrations of later releases ran, so it can't live with the database.
    Result<void> check_database(const std::string& release, const std::string& with_down);
    // What is left of what serves, once nothing of the old release runs; nothing to do: "already".
    Result<Outcome> contract_what_is_left();
    // Contracting migrations that wait, since others are deployed with it first: its own, those of what serves.
    struct Leaves {
        bool own = false, left = false;
    };
    void leave_contract(Leaves leaves) { leaves_ = leaves; }
    // Versions to take back before the rollback that is planned next.
    void plan_down(const std::string& to) { down_to_ = to; }
    Result<Outcome> down(const std::string& reason); // nothing serves any more
    Result<ReleaseInfo> rollback_target(const std::string& to);
    // What a rollback with this `if_current` comes to while another release serves; nothing: it is the one that serves.
    Result<std::optional<Outcome>> untouched(const std::string& if_current);

  private:
    struct Asked { // of this run
        std::string command;
        const ReleaseInfo* release = nullptr; // apply
        std::string to;                       // rollback; empty: the release before the current one
        std::string if_current = {};          // rollback; empty: any
    };
    struct Finished { // what became of a deployment whose deployer died
        Outcome outcome;
        bool last_word = false; // it is what was asked for, or nothing more can be done now
        std::string aim = {}; // release that the rollback asked for leads to, though it doesn't serve; empty: as asked
    };
    // Nothing: there was none.
    Result<std::optional<Finished>> finish_interrupted(const Asked& asked);
    // Whether the way back of what was interrupted is the rollback asked for. `served`: the old release, all the time.
    Result<bool> undo_is_asked(const Asked& asked, bool served);
    Finished resumed(const Asked& asked, bool again, Outcome outcome) const;
    Result<Finished> undone(const Asked& asked, bool is_asked, const std::string& step);
    // It is over as it is; the next plan is made from what runs.
    Result<void> leave_as_it_is(const std::string& why);
    Result<void> can_route(const char* what); // error: and nothing was touched: `what` again
    Result<State> known_state();              // state_by what is there, where this only looks
    Result<void> tidy();                      // nothing goes by what is damaged
    Result<Outcome> carry_out(Plan plan, const ReleaseInfo& release);
    Result<ReleaseInfo> one_of_version(const std::vector<ReleaseInfo>& those, const std::string& current) const;
    Result<Outcome> forward(const std::vector<Step>& steps);
    Result<Outcome> give_up(const Error& error, const Step& step);
    std::string success() const; // verdict
    void ask_whether_it_serves();
    Error not_taken_back(const std::string& why) const;
    // `tell` is called once requests are led back.
    Result<Outcome> go_back(const std::function<void()>& tell = {});
    bool lead_back();                   // to the old release, if nothing of it was let go
    Error cause_of(const Error& error); // whose doing an end was that the bake heard
    void tell_why(const Step& step, bool signalled);
    std::string last_lines(const Step& step); // of what failed there
    Plan way_back(const Observed& left);      // whom it leads to
    Result<void> do_step(const Step& step);   // announced, timed
    Result<void> act(const Step& step);
    // The same; what is away for a while (place or router) is waited for, and then the step is done again.
    Result<void> act_patiently(const Step& step);
    Result<void> act_again(const Step& step, bool place_was_away);
    static bool is_judged(Act act); // it asks whether the release is well
    Result<void> all_here(const Step& step);
    Result<void> away(const Step& step, const Error& error); // error: what is away, where `error` may come from that
    Result<Observed> observe_patiently();                    // of the way back
    Milliseconds patience() const;                           // with one outage
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
    // Release whose contracting migrations a deployment of `release` begins with; empty: none is left, or not yet.
    Result<std::string> contract_left(const ReleaseInfo& release, const std::string& current);
    Error too_late() const;
    sys::Clock::Steady deadline() const; // of the deployment
    bool late() const;
    Result<void> keep_warm(const Step& step);
    // The release runs there as it would be started, for whatever reason it was left; none of it was restarted.
    Result<bool> runs_as_wanted(const Observed& observed, const std::string& slot, const ReleaseInfo& release);
    Result<void> commit();
    Result<void> prune();
    bool hurry(); // a signal came: 7 s to a safe state
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
    std::string why_; // given with a rollback or down
    std::string down_to_;
    Leaves leaves_;
    std::set<std::string> told_; // of the records
    std::string unsure_;         // why nothing may be taken away; empty: it may

    struct Current { // the deployment under way
        std::string started;
        Plan plan;
        ReleaseInfo release;
        Outcome outcome;
        std::vector<ledger::StepTime> times;
        bool switched = false;                     // requests may have reached the candidate
        bool let_go = false;                       // some of the old release was drained or stopped
        bool killed = false;                       // a process did not end by itself
        int cut = 0;                               // requests that were
        bool stopping = false;                     // a signal came
        bool back_begun = false;                   // an earlier run was on the way back
        Migrations migrations;                     // that ran, or may have
        std::unique_ptr<CanaryWatch> canary;       // once its first step is judged
        std::map<Instance, std::string> addresses; // of the old release, as long as nothing of it was started again
    } now_;
};

}
