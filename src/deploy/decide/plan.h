#pragma once
#include "base/result.h"
#include "deploy/decide/observed.h"
#include "deploy/instance.h"
#include "deploy/place.h"
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// The steps of a deployment, decided from plain values. There are two slots, a and b. Each has one release, in one or
// several instances. The router leads to the instances of one slot; during a switch it may lead to those of both slots.
namespace fairlead::deploy {

// warm: the drained release stays for a while; wake: a warm release will serve again
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
    migrate,  // runs the candidate's expanding migrations
    contract, // runs migrations that only the serving release is compatible with
    revert    // reverts migrations before a rollback
};

struct Step {
    Act act = Act::fetch;
    std::string slot;         // the slot that it acts on; empty: none (route: to nothing)
    bool undo = false;        // part of the way back
    std::vector<Instance> on; // the instances of the slot that it acts on; may be empty
    std::vector<Share> to;    // route: who gets requests afterwards
    std::string what = {};    // hook: its name; contract: the release; revert: the target version
    int number = 0;           // place in its plan, from 0; on the way back: 0
    bool operator==(const Step&) const = default;
};

std::string name_of(const Step& step); // "switch", "undo-switch": for progress, journal and fault points
std::optional<Step> step_of(std::string_view name, std::string_view slot);
std::string where(const Step& step); // "slot a", "a.2 and a.3"; empty: no particular place

// The user's hooks by the time when they run, and what else runs around a deployment: smoke checks and migrations.
struct Around {
    std::vector<std::string> before_fetch, before_start;
    std::vector<std::string> before_let_go; // if one fails, the release is rolled back
    std::vector<std::string> after;
    bool smoke = false;
    bool migrate = false;                // runs the database migrations before and after the switch
    bool leave_contract = false;         // the contracting migrations are left to a later run
    std::vector<std::string> hooks_left; // hooks of `after` that failed in an earlier deployment of the serving release
    std::string contract_left;           // release whose contracting migrations an earlier deployment left; empty: none
    std::string down_to;                 // rollback: version to which migrations are reverted first; empty: they stay
};

struct Wanted {
    std::string release;
    bool same_settings = true;                                // the serving slot has the same command and variables
    bool force = false;                                       // deploy again although it already serves
    std::string command = "apply";                            // or "rollback", whose release is already in place
    std::vector<Instance> instances = {Instance{.slot = {}}}; // the instances of a release, for any slot
    Around around = {};
    bool warm = false; // the free slot runs this release with the same settings: it needs no start
};

// The pace of a strategy.
struct Pace {
    int batch = 1;            // rolling: number of instances that are replaced at once
    std::vector<int> weights; // canary: percentages of the requests, before 100
    bool keep_warm = false;   // the old release stays running, without requests
    bool operator==(const Pace&) const = default;
};

struct Plan {
    std::string command;            // apply, rollback or down
    std::string release, candidate; // id and slot; for down: the serving release, and no slot
    std::string old_release, old;   // the release that served before, and its slot; empty: nothing served
    std::string strategy;
    bool already = false;               // the wanted release already serves; the steps only tidy up
    std::vector<Instance> starts, olds; // all instances of the candidate and of the old release
    std::vector<Step> steps;
    std::string approved;              // hash of the approved plan (policy/approvals.h); empty: no approval was needed
    std::vector<std::string> evidence; // ids of the signed verdicts that it rests on (attest/demand.h)
    std::string without_evidence;      // why it needs none of the required ones; empty: it has them all
    bool operator==(const Plan&) const = default;
};

// Returns the steps from the observed to the wanted state; `strategy` is a name in strategies.h.
Plan make_plan(const Observed& observed, const Wanted& wanted, std::string_view strategy, const Pace& pace = {});

// Returns the steps that stop everything.
Plan make_down_plan(const Observed& observed);

// Returns the steps from any point of `plan` back to the release that served before, in the order of its strategy: if
// the strategy stops one release before starting the other, the way back does so, too. `begun`: an earlier run began
// the way back, so the instances that it started may be unhealthy.
std::vector<Step> undo_steps(const Plan& plan, const Observed& observed, bool begun = false);

// Returns the index of the step that ends the last instance of the old release. After this step there is no way back.
std::size_t point_of_no_return(const std::vector<Step>& steps);

// Returns whether the step may change which release gets requests: the candidate gets some, or all instances of the old
// release lose theirs.
bool switches(const Plan& plan, const Step& step);

// A deployment whose process was killed.
struct Unfinished {
    std::string id;
    Plan plan;
    std::optional<Step> last; // the last step that was begun
    bool switched = false;    // requests may have reached the candidate
};

enum class Recovery { undo, resume };
// Trusts the observation more than the journal. `wanted`: the same release is requested again, with the same settings.
Recovery recover(const Unfinished& unfinished, const Observed& observed, bool wanted);
std::vector<Step> resume_steps(const Unfinished& unfinished, const Observed& observed);

std::string other_slot(std::string_view slot); // "a" for anything except "a"
// the same instances in that slot
std::vector<Instance> in_slot(std::vector<Instance> instances, const std::string& slot);
std::vector<Instance> serving(const std::vector<Instance>& instances);  // the instances that get requests
std::vector<Share> even_shares(const std::vector<Instance>& instances); // for the instances that get requests

}
