#include "deploy/plan.h"
#include "deploy/strategies.h"
#include <algorithm>
#include <iterator>

namespace fairlead::deploy {

namespace {

constexpr std::string_view undo_prefix = "undo-";

struct ActName {
    Act act;
    std::string_view name;
};
constexpr ActName act_names[] = {
    {Act::clean, "clean"},   {Act::fetch, "fetch"},  {Act::prepare, "prepare"}, {Act::start, "start"},
    {Act::ready, "ready"},   {Act::route, "switch"}, {Act::verify, "verify"},   {Act::bake, "bake"},
    {Act::drain, "drain"},   {Act::stop, "stop"},    {Act::commit, "commit"},   {Act::prune, "prune"},
    {Act::record, "record"},
};

std::size_t index_of(const std::vector<Step>& steps, Act act) {
    const auto found = std::find_if(steps.begin(), steps.end(), [&](const Step& step) { return step.act == act; });
    return static_cast<std::size_t>(found - steps.begin());
}

}

std::string name_of(const Step& step) {
    for (const auto& row : act_names) {
        if (row.act == step.act) return std::string(step.undo ? undo_prefix : "") + std::string(row.name);
    }
    return {};
}

std::optional<Step> step_of(std::string_view name, std::string_view slot) {
    Step step{.slot = std::string(slot)};
    if (name.substr(0, undo_prefix.size()) == undo_prefix) {
        step.undo = true;
        name.remove_prefix(undo_prefix.size());
    }
    for (const auto& row : act_names) {
        if (row.name != name) continue;
        step.act = row.act;
        return step;
    }
    return std::nullopt;
}

const SlotSeen& Observed::in(const std::string& name) const {
    static const SlotSeen empty;
    const auto found = slots.find(name);
    return found == slots.end() ? empty : found->second;
}

std::string other_slot(std::string_view slot) { return slot == "a" ? "b" : "a"; }

Plan make_plan(const Observed& observed, const Wanted& wanted, std::string_view strategy) {
    Plan plan{.command = wanted.command, .release = wanted.release, .strategy = std::string(strategy)};
    // What serves is what the router leads to; a slot that was committed but does not run can still be started again.
    plan.old = observed.running(observed.routed) ? observed.routed : observed.slot;
    plan.old_release = observed.release(plan.old);
    plan.candidate = other_slot(plan.old);
    for (const auto& [name, slot] : observed.slots) {
        if (slot.running && name != plan.old) plan.steps.push_back({Act::clean, name});
    }
    plan.already = !wanted.force && wanted.same_settings && observed.current == wanted.release &&
                   plan.old == observed.slot && observed.routed == observed.slot && observed.running(plan.old) &&
                   !observed.alone(plan.old);
    if (plan.already) {
        if (!plan.steps.empty()) plan.steps.push_back({Act::prune, {}});
        return plan;
    }
    if (wanted.command == "apply") plan.steps.insert(plan.steps.end(), {{Act::fetch, {}}, {Act::prepare, {}}});
    const auto middle = find_strategy(strategy)->steps(plan.candidate, plan.old);
    plan.steps.insert(plan.steps.end(), middle.begin(), middle.end());
    plan.steps.insert(plan.steps.end(), {{Act::commit, plan.candidate}, {Act::prune, {}}});
    return plan;
}

Plan make_down_plan(const Observed& observed) {
    Plan plan{.command = "down", .strategy = "down"};
    plan.old = observed.running(observed.routed) ? observed.routed : observed.slot;
    plan.release = plan.old_release = observed.release(plan.old);
    const bool any_runs =
        std::any_of(observed.slots.begin(), observed.slots.end(), [](const auto& slot) { return slot.second.running; });
    plan.already = !any_runs && observed.routed.empty() && observed.current.empty();
    if (plan.already) return plan;
    plan.steps.push_back({Act::route, {}});
    for (const auto& [name, slot] : observed.slots) {
        if (slot.running) plan.steps.push_back({Act::drain, name});
        if (slot.running || name == plan.old) plan.steps.push_back({Act::stop, name});
    }
    plan.steps.insert(plan.steps.end(), {{Act::commit, {}}, {Act::prune, {}}});
    return plan;
}

std::vector<Step> undo_steps(const Plan& plan, const Observed& observed) {
    std::vector<Step> steps;
    const auto add = [&](Act act, const std::string& slot) { steps.push_back({act, slot, true}); };
    const bool was_routed = observed.routed == plan.candidate;
    const bool has_old = !plan.old.empty() && !plan.old_release.empty();
    if (has_old && !observed.running(plan.old)) {
        add(Act::start, plan.old);
        add(Act::ready, plan.old);
    }
    if (has_old && observed.routed != plan.old) add(Act::route, plan.old);
    if (!has_old && was_routed) add(Act::route, {});
    if (observed.running(plan.candidate)) add(Act::drain, plan.candidate);
    if (!plan.candidate.empty()) add(Act::stop, plan.candidate);
    add(Act::record, {});
    add(Act::prune, {});
    return steps;
}

std::size_t point_of_no_return(const std::vector<Step>& steps) {
    for (auto i = index_of(steps, Act::route); i < steps.size(); ++i) {
        const Act act = steps[i].act;
        if (act == Act::drain || act == Act::stop || act == Act::commit) return i;
    }
    return steps.size();
}

Recovery recover(const Unfinished& unfinished, const Observed& observed, bool wanted) {
    const auto& [id, plan, last, switched] = unfinished;
    if (!last || last->undo) return Recovery::undo;
    const auto begun =
        static_cast<std::size_t>(std::find(plan.steps.begin(), plan.steps.end(), *last) - plan.steps.begin());
    if (begun >= plan.steps.size()) return Recovery::undo;
    if (plan.already || begun >= point_of_no_return(plan.steps)) return Recovery::resume;
    // A candidate that runs is adopted, if it proves well.
    const bool started = begun >= index_of(plan.steps, Act::start) && observed.running(plan.candidate) &&
                         observed.release(plan.candidate) == plan.release;
    return started && wanted ? Recovery::resume : Recovery::undo;
}

std::vector<Step> resume_steps(const Unfinished& unfinished) {
    const auto& steps = unfinished.plan.steps;
    auto from = unfinished.last ? std::find(steps.begin(), steps.end(), *unfinished.last) : steps.begin();
    const auto no_return = steps.begin() + static_cast<std::ptrdiff_t>(point_of_no_return(steps));
    const auto route = steps.begin() + static_cast<std::ptrdiff_t>(index_of(steps, Act::route));
    if (from < no_return && from > route) from = route;  // verified and baked again from zero
    if (from < route && from->act == Act::start) ++from; // it runs
    return {from, steps.end()};
}

}
