#pragma once
#include "base/result.h"
#include "deploy/instance.h"
#include "deploy/observed.h"
#include "deploy/place.h"
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// What a deployment does, decided from plain values. Two slots, a and b, hold a release each, in one instance or
// several; the router leads to those of one slot, while a release takes over to those of both.
namespace fairlead::deploy {

// warm: the drained release stays for a while; wake: such a one is to serve again
enum class Act {
    clean,
    fetch,
    prepare,
    start,
    ready,
    smoke,
    route,
    judge,
    verify,
    bake,
    drain,
    stop,
    warm,
    wake,
    commit,
    prune,
    record,
    hook,
    migrate,  // the candidate's expanding migrations
    contract, // those that only what serves can live with
    revert    // migrations down, before a rollback
};

struct Step {
    Act act = Act::fetch;
    std::string slot;         // that it acts on; empty: none (route: to nothing)
    bool undo = false;        // part of the way back
    std::vector<Instance> on; // of the slot; empty where it acts on no instance
    std::vector<Share> to;    // route: who gets requests from then on
    std::string what = {};    // hook: its name; contract: whose; revert: the version to go back to
    int number = 0;           // place in its plan, from 0; of the way back: 0
    bool operator==(const Step&) const = default;
};

std::string name_of(const Step& step); // "switch", "undo-switch": progress, journal and fault points
std::optional<Step> step_of(std::string_view name, std::string_view slot);
std::string where(const Step& step); // "slot a", "a.2 and a.3"; empty: nowhere in particular

// Names of the user's hooks, by when they run; and whether the checks of `smoke` are asked.
struct Around {
    std::vector<std::string> before_fetch, before_start;
    std::vector<std::string> before_let_go; // their no takes the release back
    std::vector<std::string> after;
    bool smoke = false;
    bool migrate = false;        // its database migrations, on both sides of the switch
    bool leave_contract = false; // the second half is for a later run
    std::string contract_left;   // release whose contracting ones an earlier deployment left; empty: none
    std::string down_to;         // rollback: version that migrations are taken back to first; empty: they stay
};

struct Wanted {
    std::string release;
    bool same_settings = true;                                // command and variables are those of the serving slot
    bool force = false;                                       // again, though it serves
    std::string command = "apply";                            // or rollback, whose release is there already
    std::vector<Instance> instances = {Instance{.slot = {}}}; // that a release has, of whichever slot
    Around around = {};
    bool warm = false; // the free slot runs that very release by the same settings: it needs no start
};

// How fast a strategy goes.
struct Pace {
    int batch = 1;            // rolling: instances that take turns at once
    std::vector<int> weights; // canary: percent of the requests, before all of them
    bool keep_warm = false;   // the old release goes on running, without requests
    bool operator==(const Pace&) const = default;
};

struct Plan {
    std::string command;            // apply, rollback or down
    std::string release, candidate; // id and slot; down: what serves, and none
    std::string old_release, old;   // what serves before, empty: nothing
    std::string strategy;
    bool already = false;               // the wanted release serves as wanted; steps only tidy
    std::vector<Instance> starts, olds; // of the candidate and of the old release, all there are
    std::vector<Step> steps;
    std::string approved; // hash of the plan that people approved (policy/approvals.h); empty: nobody had to
    bool operator==(const Plan&) const = default;
};

// Steps from what is to what is wanted; `strategy` is a name of strategies.h.
Plan make_plan(const Observed& observed, const Wanted& wanted, std::string_view strategy, const Pace& pace = {});

// Steps after which nothing runs and nothing is reached any more.
Plan make_down_plan(const Observed& observed);

// Steps that lead from any point of `plan` back to what served before it, in the order of its strategy: where that
// stops one release before it starts the other, so does the way back.
// `begun`: another run went that way before, so that nobody knows whether what it started is well.
std::vector<Step> undo_steps(const Plan& plan, const Observed& observed, bool begun = false);

// Index of the first step after which we go forward only: the last of the old release is let go.
std::size_t point_of_no_return(const std::vector<Step>& steps);

// Whether requests may reach another release by it than before: all of the old one lose them, or the candidate has
// some.
bool switches(const Plan& plan, const Step& step);

// A deployment whose deployer died.
struct Unfinished {
    std::string id;
    Plan plan;
    std::optional<Step> last; // begun
    bool switched = false;    // requests may have reached the candidate
};

enum class Recovery { undo, resume };
// The observation wins over the journal. `wanted`: what it deployed is asked for again, with the same settings.
Recovery recover(const Unfinished& unfinished, const Observed& observed, bool wanted);
std::vector<Step> resume_steps(const Unfinished& unfinished, const Observed& observed);

std::string other_slot(std::string_view slot);                                           // "a" for anything but "a"
std::vector<Instance> in_slot(std::vector<Instance> instances, const std::string& slot); // the same there
std::vector<Instance> serving(const std::vector<Instance>& instances);                   // those that requests reach
std::vector<Share> even_shares(const std::vector<Instance>& instances);                  // of those that requests reach

}
