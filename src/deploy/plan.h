#pragma once
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// What a deployment does, decided from plain values. Two slots, a and b, hold a release each; the router leads to one.
namespace fairlead::deploy {

enum class Act { clean, fetch, prepare, start, ready, route, verify, bake, drain, stop, commit, prune, record };

struct Step {
    Act act = Act::fetch;
    std::string slot;  // that it acts on; empty: none (route: to nothing)
    bool undo = false; // part of the way back
    bool operator==(const Step&) const = default;
};

std::string name_of(const Step& step); // "switch", "undo-switch": progress, journal and fault points
std::optional<Step> step_of(std::string_view name, std::string_view slot);

struct SlotSeen {
    bool running = false; // it or its supervisor lives
    std::string release;  // id, as the slot's link says
    bool alone = false;   // it lives, its supervisor was killed
    bool operator==(const SlotSeen&) const = default;
};

// What is true on the target.
struct Observed {
    std::map<std::string, SlotSeen> slots; // "a", "b"
    std::string routed;                    // slot behind the router's socket, empty: none
    std::string current, slot, previous;   // as committed: release, its slot, the release before
    const SlotSeen& in(const std::string& name) const;
    bool running(const std::string& name) const { return in(name).running; }
    bool alone(const std::string& name) const { return in(name).alone; }
    const std::string& release(const std::string& name) const { return in(name).release; }
};

struct Wanted {
    std::string release;
    bool same_settings = true;     // command and variables are those of the serving slot
    bool force = false;            // again, though it serves
    std::string command = "apply"; // or rollback, whose release is there already
};

struct Plan {
    std::string command;            // apply, rollback or down
    std::string release, candidate; // id and slot; down: what serves, and none
    std::string old_release, old;   // what serves before, empty: nothing
    std::string strategy;
    bool already = false; // the wanted release serves as wanted; steps only tidy
    std::vector<Step> steps;
    bool operator==(const Plan&) const = default;
};

// Steps from what is to what is wanted; `strategy` is a name of strategies.h.
Plan make_plan(const Observed& observed, const Wanted& wanted, std::string_view strategy);

// Steps after which nothing runs and nothing is reached any more.
Plan make_down_plan(const Observed& observed);

// Steps that lead from any point of `plan` back to what served before it.
std::vector<Step> undo_steps(const Plan& plan, const Observed& observed);

// Index of the first step after which we go forward only: the old release is let go.
std::size_t point_of_no_return(const std::vector<Step>& steps);

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
std::vector<Step> resume_steps(const Unfinished& unfinished);

std::string other_slot(std::string_view slot); // "a" for anything but "a"

}
