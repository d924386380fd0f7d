#include "deploy/decide/plan.h"
#include "deploy/decide/strategies.h"
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
    {Act::clean, "clean"},         {Act::fetch, "fetch"},  {Act::prepare, "prepare"}, {Act::start, "start"},
    {Act::ready, "ready"},         {Act::route, "switch"}, {Act::verify, "verify"},   {Act::bake, "bake"},
    {Act::drain, "drain"},         {Act::stop, "stop"},    {Act::commit, "commit"},   {Act::prune, "prune"},
    {Act::warm, "keep-warm"},      {Act::wake, "wake"},    {Act::record, "record"},   {Act::smoke, "smoke"},
    {Act::judge, "judge"},         {Act::hook, "hook"},    {Act::migrate, "migrate"}, {Act::contract, "contract"},
    {Act::revert, "migrate-down"},
};

// The first of that kind; as many as there are steps: none.
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

std::string where(const Step& step) {
    if (step.slot.empty()) return step.what;
    if (step.on.size() == 1 && name_of(step.on.front()) != step.slot) return name_of(step.on.front());
    return "slot " + step.slot;
}

std::string other_slot(std::string_view slot) { return slot == "a" ? "b" : "a"; }

std::vector<Instance> in_slot(std::vector<Instance> instances, const std::string& slot) {
    for (auto& instance : instances) instance.slot = slot;
    return instances;
}

std::vector<Instance> serving(const std::vector<Instance>& instances) {
    auto those = instances;
    std::erase_if(those, [](const Instance& one) { return !one.serves(); });
    return those;
}

std::vector<Share> even_shares(const std::vector<Instance>& instances) {
    std::vector<Share> shares;
    for (const auto& one : serving(instances)) shares.push_back({one});
    return shares;
}

namespace {

void number(std::vector<Step>& steps) {
    for (std::size_t i = 0; i < steps.size(); ++i) steps[i].number = static_cast<int>(i);
}

void find_old(Plan& plan, const Observed& observed) {
    plan.old = observed.serving_slot();
    plan.old_release = observed.release(plan.old);
    plan.olds = observed.staying(plan.old);
    // One that runs and gets no requests may never have been asked whether it is well: it isn't given any.
    const auto is_reached = [&](const Instance& one) {
        return std::any_of(observed.routed.begin(), observed.routed.end(),
                           [&](const Share& to) { return to.to == one; });
    };
    if (std::any_of(plan.olds.begin(), plan.olds.end(), is_reached))
        std::erase_if(plan.olds, [&](const Instance& one) { return one.serves() && !is_reached(one); });
    if (plan.olds.empty()) plan.olds = observed.in(plan.old, false); // to be started again on a way back
    if (plan.olds.empty() && !plan.old.empty()) plan.olds = {{.slot = plan.old}};
}

void add_hooks(std::vector<Step>& steps, std::size_t at, const std::vector<std::string>& names) {
    for (const auto& name : names)
        steps.insert(steps.begin() + static_cast<std::ptrdiff_t>(at++), {.act = Act::hook, .what = name});
}

// Once at the new release, before any user reaches it; once through the router, when all of it is verified.
void add_smoke(std::vector<Step>& steps) {
    const auto after = [&](std::size_t at, Step step) {
        if (at < steps.size()) steps.insert(steps.begin() + static_cast<std::ptrdiff_t>(at) + 1, std::move(step));
    };
    const auto last = std::find_if(steps.rbegin(), steps.rend(), [](const Step& s) { return s.act == Act::verify; });
    if (last != steps.rend()) after(static_cast<std::size_t>(steps.rend() - last) - 1, {.act = Act::smoke});
    const auto ready = index_of(steps, Act::ready);
    if (ready < steps.size()) after(ready, step_on(Act::smoke, steps[ready].on));
}

// By what the strategy itself does.
bool stops_first(std::string_view strategy) {
    const auto* way = find_strategy(strategy);
    if (!way) return false;
    const auto steps = way->steps({{{.slot = "b"}}, {{.slot = "a"}}, {}});
    return index_of(steps, Act::stop) < index_of(steps, Act::start);
}

bool serves_as_wanted(const Plan& plan, const Observed& observed, const Wanted& wanted) {
    if (wanted.force || !wanted.same_settings || observed.current != wanted.release || plan.old != observed.slot ||
        observed.alone(plan.old))
        return false;
    auto there = in_slot(wanted.instances, plan.old);
    std::sort(there.begin(), there.end());
    return observed.staying(plan.old) == there && observed.in(plan.old) == there &&
           observed.holds_only(plan.old, wanted.release) && observed.leads_to_just(serving(there));
}

// Those of the old release that get no requests, or end, or have ended, go with the others: nothing brings them back.
void take_along(std::vector<Step>& steps, const Plan& plan, const Observed& observed) {
    if (plan.old.empty()) return;
    const auto ends = [&](const Step& step) { return step.act == Act::stop && step.slot == plan.old; };
    const auto last = std::find_if(steps.rbegin(), steps.rend(), ends);
    if (last == steps.rend()) return;
    const auto before = std::next(last); // its drain, where the strategy has one
    const bool drained = before != steps.rend() && before->act == Act::drain;
    for (const auto& one : observed.in(plan.old, false)) {
        const bool goes = std::any_of(steps.begin(), steps.end(), [&](const Step& step) {
            return ends(step) && std::find(step.on.begin(), step.on.end(), one) != step.on.end();
        });
        if (goes || observed.seen.at(one).release.empty()) continue;
        last->on.push_back(one);
        if (drained && observed.stays(one)) before->on.push_back(one);
    }
}

}

Plan make_plan(const Observed& observed, const Wanted& wanted, std::string_view strategy, const Pace& pace) {
    Plan plan{.command = wanted.command, .release = wanted.release, .strategy = std::string(strategy)};
    find_old(plan, observed);
    plan.candidate = other_slot(plan.old);
    plan.starts = in_slot(wanted.instances, plan.candidate);
    std::sort(plan.starts.begin(), plan.starts.end());
    plan.already = serves_as_wanted(plan, observed, wanted);
    const bool warm = wanted.warm && !plan.already && observed.staying(plan.candidate) == plan.starts;
    const bool stays_warm = plan.already && pace.keep_warm;
    // After a way back that failed halfway, say.
    const bool shared =
        observed.leads_to(plan.old) && observed.leads_to(other_slot(plan.old)) && observed.stays(plan.old);
    if (shared) plan.steps.push_back(route_to(plan.old, even_shares(plan.olds)));
    for (const auto* const slot : {"a", "b"}) {
        if (slot != plan.old && !observed.in(slot).empty() && !warm && !stays_warm)
            plan.steps.push_back(step_on(Act::clean, observed.in(slot)));
    }
    const auto end_strays = [&](bool now) {
        for (const auto& [name, slot] : observed.strays)
            if (now == (slot.empty() || slot != plan.old || plan.already || stops_first(strategy)))
                plan.steps.push_back({.act = Act::clean, .what = name});
    };
    end_strays(true);
    const auto& around = wanted.around;
    const bool beside = stays_warm && observed.stays(other_slot(plan.old));
    if (!around.contract_left.empty() && !warm && !beside)
        plan.steps.push_back({.act = Act::contract, .what = around.contract_left});
    if (plan.already) {
        if (!plan.steps.empty()) plan.steps.push_back({.act = Act::prune});
        add_hooks(plan.steps, plan.steps.size(), around.hooks_left);
        number(plan.steps);
        return plan;
    }
    if (!around.down_to.empty()) plan.steps.push_back({.act = Act::revert, .what = around.down_to});
    add_hooks(plan.steps, plan.steps.size(), around.before_fetch);
    if (wanted.command == "apply") plan.steps.insert(plan.steps.end(), {{.act = Act::fetch}, {.act = Act::prepare}});
    add_hooks(plan.steps, plan.steps.size(), around.before_start);
    if (around.migrate) plan.steps.push_back({.act = Act::migrate});
    // After a reboot nothing of the old release runs, after a down that was taken back halfway it gets no requests:
    // none may be led to it, not even some.
    const bool gone = !plan.old.empty() && (!observed.stays(plan.old) || !observed.leads_to(plan.old));
    const auto* way = find_strategy(gone && find_strategy(strategy)->weights ? "blue-green" : strategy);
    auto middle = way->steps({plan.starts, plan.olds, pace});
    take_along(middle, plan, observed);
    for (auto& step : middle)
        if (warm && step.act == Act::start) step.act = Act::wake;
    if (around.smoke) add_smoke(middle);
    add_hooks(middle, point_of_no_return(middle), around.before_let_go);
    plan.steps.insert(plan.steps.end(), middle.begin(), middle.end());
    end_strays(false); // users may have been led to those until now
    const bool old_stays = pace.keep_warm && !plan.olds.empty();
    if (around.migrate && !around.leave_contract && !old_stays) // once nothing of the old release runs
        plan.steps.push_back({.act = Act::contract, .what = wanted.release});
    plan.steps.insert(plan.steps.end(), {{.act = Act::commit, .slot = plan.candidate}, {.act = Act::prune}});
    add_hooks(plan.steps, plan.steps.size(), around.after);
    number(plan.steps);
    return plan;
}

Plan make_down_plan(const Observed& observed) {
    Plan plan{.command = "down", .strategy = "down"};
    find_old(plan, observed);
    plan.release = plan.old_release;
    const bool any_runs = !observed.in("a").empty() || !observed.in("b").empty() || !observed.strays.empty();
    plan.already = !any_runs && observed.routed.empty() && observed.current.empty();
    if (plan.already) return plan;
    plan.steps.push_back({.act = Act::route});
    for (const auto& [name, slot] : observed.strays) plan.steps.push_back({.act = Act::clean, .what = name});
    for (const auto* const slot : {"a", "b"}) {
        const auto running = observed.in(slot);
        if (!running.empty()) plan.steps.push_back(step_on(Act::drain, running));
        if (!running.empty() || slot == plan.old)
            plan.steps.push_back(step_on(Act::stop, running.empty() ? plan.olds : running));
    }
    plan.steps.insert(plan.steps.end(), {{.act = Act::commit}, {.act = Act::prune}});
    number(plan.steps);
    return plan;
}

std::vector<Step> undo_steps(const Plan& plan, const Observed& observed, bool begun) {
    std::vector<Step> steps;
    const auto add = [&](Step step) {
        step.undo = true;
        steps.push_back(std::move(step));
    };
    const bool has_old = !plan.old.empty() && !plan.old_release.empty();
    auto ended = plan.olds;
    std::erase_if(ended, [&](const Instance& one) { return !has_old || observed.stays(one); });
    auto ending = observed.in(plan.old);
    std::erase_if(ending, [&](const Instance& one) { return !has_old || observed.stays(one); });
    const auto candidates = observed.in(plan.candidate);
    auto all = plan.starts;
    for (const auto& one : candidates)
        if (std::find(all.begin(), all.end(), one) == all.end()) all.push_back(one);
    const bool first = stops_first(plan.strategy) && !ended.empty();
    if (first) add(step_on(Act::stop, all));
    if (!ending.empty()) add(step_on(Act::stop, ending)); // what it holds is free before it starts again
    if (!ended.empty()) {
        add(step_on(Act::start, ended));
    }
    auto unproven = ended; // one that an earlier way back started may not be well
    if (begun && has_old && !observed.leads_to_just(serving(plan.olds))) unproven = plan.olds;
    if (!unproven.empty()) add(step_on(Act::ready, unproven));
    // A router that looks after its servers has found all of them down, and is told that they are back.
    const bool found_down = !observed.stays(plan.old);
    if (has_old && (found_down || !observed.leads_to_just(serving(plan.olds))))
        add(route_to(plan.old, even_shares(plan.olds)));
    if (!has_old && observed.leads_to(plan.candidate)) add({.act = Act::route});
    if (!first && !candidates.empty()) add(step_on(Act::drain, candidates));
    if (!first && !plan.candidate.empty()) add(step_on(Act::stop, all));
    add({.act = Act::record});
    add({.act = Act::prune});
    return steps;
}

std::size_t point_of_no_return(const std::vector<Step>& steps) {
    const auto lets_go = [](const Step& step) {
        return step.act == Act::drain || step.act == Act::stop || step.act == Act::warm || step.act == Act::contract ||
               step.act == Act::commit;
    };
    const auto last_route =
        std::find_if(steps.rbegin(), steps.rend(), [](const Step& s) { return s.act == Act::route; });
    if (last_route == steps.rend()) return steps.size();
    return static_cast<std::size_t>(std::find_if(last_route.base(), steps.end(), lets_go) - steps.begin());
}

namespace {

// What was verified or baked is so again from zero, with the requests that it has then.
std::size_t resumed_at(const std::vector<Step>& steps, std::size_t begun) {
    const bool watched = begun < steps.size() && (steps[begun].act == Act::verify || steps[begun].act == Act::bake ||
                                                  steps[begun].act == Act::judge);
    while (watched && begun > 0 && steps[begun].act != Act::route) --begun;
    return begun;
}

}

bool switches(const Plan& plan, const Step& step) {
    const bool back =
        std::all_of(step.to.begin(), step.to.end(), [&](const Share& share) { return share.to.slot == plan.old; });
    return step.act == Act::route && !step.undo && (step.to.empty() || !back);
}

Recovery recover(const Unfinished& unfinished, const Observed& observed, bool wanted) {
    const auto& [id, plan, last, switched] = unfinished;
    if (!last || last->undo) return Recovery::undo;
    const auto begun = static_cast<std::size_t>(last->number);
    if (begun >= plan.steps.size() || plan.steps[begun] != *last) return Recovery::undo;
    const auto no_return = point_of_no_return(plan.steps);
    if (plan.already || (plan.command == "down" && begun >= no_return)) return Recovery::resume;
    if (begun >= no_return) { // what is written down, or migrated, isn't taken back, whatever became of it meanwhile
        const bool settled =
            std::any_of(plan.steps.begin() + static_cast<std::ptrdiff_t>(no_return),
                        plan.steps.begin() + static_cast<std::ptrdiff_t>(begun) + 1,
                        [](const Step& step) { return step.act == Act::contract || step.act == Act::commit; });
        const bool whole = std::all_of(plan.starts.begin(), plan.starts.end(),
                                       [&](const Instance& one) { return observed.stays(one); }) &&
                           observed.leads_to_just(serving(plan.starts));
        return settled || whole ? Recovery::resume : Recovery::undo;
    }
    // A candidate that runs is adopted, if it proves well.
    if (!wanted || begun < index_of(plan.steps, Act::start) || observed.release(plan.candidate) != plan.release)
        return Recovery::undo;
    bool any = false;
    for (std::size_t i = 0; i <= begun; ++i) {
        if (plan.steps[i].act != Act::start) continue;
        const auto& on = plan.steps[i].on;
        const auto running = std::count_if(on.begin(), on.end(), [&](const auto& one) { return observed.stays(one); });
        const bool all = running == static_cast<std::ptrdiff_t>(on.size());
        if (!all && (running > 0 || i != begun)) return Recovery::undo;
        any = any || all;
    }
    for (auto i = resumed_at(plan.steps, begun); i < plan.steps.size(); ++i) // to whom it leads has to be there
        for (const auto& [to, weight] : plan.steps[i].to)
            if (to.slot == plan.old && !observed.stays(to)) return Recovery::undo;
    return any ? Recovery::resume : Recovery::undo;
}

std::vector<Step> resume_steps(const Unfinished& unfinished, const Observed& observed) {
    const auto& steps = unfinished.plan.steps;
    auto from = resumed_at(steps, static_cast<std::size_t>(unfinished.last ? unfinished.last->number : 0));
    const auto runs = [&](const Instance& one) { return observed.stays(one); };
    if (from < steps.size() && steps[from].act == Act::start &&
        std::all_of(steps[from].on.begin(), steps[from].on.end(), runs))
        ++from;
    return {steps.begin() + static_cast<std::ptrdiff_t>(std::min(from, steps.size())), steps.end()};
}

}
