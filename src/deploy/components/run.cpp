#include "deploy/components/run.h"
#include "base/printable.h"
#include "base/text.h"
#include "deploy/carry/basis.h"
#include "deploy/carry/leave.h"
#include "deploy/components/last_run.h"
#include "deploy/policy/contract_left.h"
#include "deploy/record/migrations.h"
#include "deploy/release/store.h"
#include "sys/clock.h"
#include "sys/data/json.h"
#include "sys/signals.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::deploy {

namespace {

using sys::Json;
using Command = Result<report::Report> (*)(const Settings&, const sys::Environment&, const Request&);

std::string output(const report::Report& report, std::string_view name) {
    for (const auto& [known, value] : report.outputs)
        if (known == name) return value;
    return {};
}

std::string components_of(std::size_t count) {
    return count == 1 ? "1 component" : fmt::format("{} components", count);
}

// One report of several.
class Together {
  public:
    explicit Together(const Group& group) {
        whole_.tool = "deploy";
        whole_.environment = group.environment;
        whole_.looked.at_all = true;
    }

    void add(const std::string& name, report::Report one) {
        whole_.text += fmt::format("{}\n", name);
        auto lines = one.text + (one.error && !one.error->message.empty() ? one.error->message : one.facts);
        while (lines.ends_with('\n')) lines.pop_back();
        if (!lines.empty()) whole_.text += "  " + replace_all(lines, "\n", "\n  ") + "\n";
        for (auto& finding : one.findings) {
            finding.message = name + ": " + finding.message;
            whole_.findings.push_back(std::move(finding));
        }
        whole_.verdict = std::max(whole_.verdict, one.verdict);
        if (one.error && !whole_.error) whole_.error = one.error;
        for (auto& skipped : one.skipped) whole_.skipped.push_back(std::move(skipped));
        if (!one.stays_no.empty()) whole_.stays_no = one.stays_no;
        components_.push_back({{"component", name},
                               {"verdict", output(one, "verdict")},
                               {"release", output(one, "release")},
                               {"previous", output(one, "previous")}});
        whole_.outputs = std::move(one.outputs);
    }

    report::Report report(std::string facts) {
        whole_.facts = std::move(facts);
        whole_.members = {report::member("components", components_)};
        return std::move(whole_);
    }

  private:
    report::Report whole_;
    Json components_ = Json::array();
};

const Component* find(const Group& group, const std::string& name) {
    const auto found = std::find_if(group.components.begin(), group.components.end(),
                                    [&](const Component& one) { return one.name == name; });
    return found == group.components.end() ? nullptr : &*found;
}

// One that a later run deployed again goes back to what served before the first of them.
Request way_back(const LastRun::One& part, const Store& store, const Request& why) {
    Request request;
    request.reason = why.reason;
    request.blameless = why.blameless;
    request.dry_run = why.dry_run;
    // A plain rollback of one that was interrupted takes back just that.
    const auto unfinished = store.unfinished();
    if (unfinished.ok() && unfinished.value()) return request;
    request.if_current = part.release;
    const auto state = store.state();
    if (state.ok() && state->previous != part.previous) request.to = part.previous;
    return request;
}

Result<report::Report> take_back(const Component& component, const LastRun::One& part, const sys::Environment& process,
                                 const Request& why) {
    const Store store(component.settings.state);
    const auto request = way_back(part, store, why);
    const bool first = part.previous.empty() && !request.if_current.empty();
    return (first ? down : rollback)(component.settings, process, request);
}

// That each of them serves what this run put there, as a renamed app has another history; and that each can go back.
Result<void> check_ways_back(const Group& group, const LastRun& run, const sys::Environment& process,
                             const Request& why) {
    for (const auto& part : run.parts) {
        const auto* component = find(group, part.component);
        if (component == nullptr)
            return usage(
                fmt::format("component '{}', which serves {}, is not in fairlead.yml any more; name it there again, or "
                            "take it back with its own file and each other component with --component NAME",
                            one_line(part.component), part.release));
        const Store store(component->settings.state);
        const auto state = TRY(store.state());
        if (state.current != part.release && !TRY(store.unfinished()))
            return usage(fmt::format("component {} should serve {} since the last run, but serves {}: its app or state "
                                     "was renamed, or it was deployed alone; say --component NAME",
                                     part.component, part.release, state.current.empty() ? "nothing" : state.current));
        const auto history = TRY(store.history());
        const auto way = part.previous.empty() ? Result<void>() : check_way_back(history, part.previous, "");
        if (!way.ok()) return no(fmt::format("{}: {}", part.component, way.error().message));
        auto rehearsal = why;
        rehearsal.dry_run = true;
        const auto tried = take_back(*component, part, process, rehearsal);
        if (!tried.ok())
            return no(fmt::format("no component was taken back, because {} can't be: {}", part.component,
                                  tried.error().message));
    }
    return {};
}

// It was taken back, and the router that would answer for it is down, say.
bool only_unanswered(const report::Report& back) {
    return !back.error && !back.findings.empty() &&
           std::all_of(back.findings.begin(), back.findings.end(),
                       [](const report::Finding& one) { return one.rule == "deploy/unanswered"; });
}

// What the last run did is taken back, the last one first. Where one can't be, it and those before it stay in `run`.
Result<void> take_back(const Group& group, LastRun& run, const sys::Environment& process, const Request& why,
                       Together& together) {
    while (!run.parts.empty()) {
        const auto part = run.parts.back();
        const auto* component = find(group, part.component);
        if (component == nullptr)
            return no(fmt::format("component '{}' is not in fairlead.yml any more, and serves {}; name it there again, "
                                  "or take it back with its own file",
                                  one_line(part.component), part.release));
        auto back = take_back(*component, part, process, why);
        if (!back.ok()) return could_not(fmt::format("{}: {}", part.component, back.error().message));
        if (back->verdict != report::Verdict::pass && !only_unanswered(back.value()))
            return could_not(fmt::format("{}: {}", part.component, back->error ? back->error->message : back->facts));
        together.add(part.component + ", taken back", std::move(back).value());
        run.parts.pop_back();
        TRY_VOID(write(group, run));
    }
    run.done = true;
    return write(group, run);
}

// One whose deployer died between its first step and its record is in no list yet.
Result<void> add_interrupted(const Group& group, LastRun& run) {
    for (const auto& component : group.components) {
        const Store store(component.settings.state);
        const auto unfinished = TRY(store.unfinished());
        const bool listed = std::any_of(run.parts.begin(), run.parts.end(),
                                        [&](const auto& one) { return one.component == component.name; });
        if (!unfinished || listed || unfinished->deployment.plan.command != "apply") continue;
        const auto& plan = unfinished->deployment.plan;
        run.parts.push_back({component.name, plan.release, plan.old_release});
    }
    return {};
}

Result<report::Report> each(const Group& group, Command command, const sys::Environment& process,
                            const Request& request, bool backwards = false) {
    Together together(group);
    auto components = group.components;
    if (backwards) std::reverse(components.begin(), components.end());
    for (const auto& component : components) {
        auto report = TRY(command(component.settings, process, request));
        const bool well = report.verdict == report::Verdict::pass && !report.error;
        together.add(component.name, std::move(report));
        if (backwards && !well) // what the others need stays
            return together.report(
                fmt::format("{} could not be stopped; the components that it needs go on running", component.name));
    }
    return together.report(fmt::format("{} of {}", components_of(components.size()), group.app));
}

// Whoever stops it decides what becomes of what was done: no minute of taking back begins at a signal.
report::Report interrupted(const Group& group, const LastRun& run, Together& together, const std::string& at) {
    const auto facts = fmt::format("interrupted at {}; before it, {} {} deployed", at, components_of(run.parts.size()),
                                   run.parts.size() == 1 ? "is" : "are");
    auto whole = together.report(facts);
    whole.verdict = report::Verdict::error;
    whole.error = could_not(
        fmt::format("{}; run the same command again to go on, or `fairlead-deploy rollback --env {}` to take them back",
                    facts, group.environment));
    return whole;
}

// `at` was not deployed; error: why there is no report of it.
Result<report::Report> undone(const Group& group, LastRun& run, const sys::Environment& process, Together& together,
                              const std::string& at, const std::optional<Error>& error) {
    const auto begun = run.parts.size();
    Request why;
    why.reason = fmt::format("component {} was not deployed", at);
    why.blameless = true;
    const auto back = take_back(group, run, process, why, together);
    if (!back.ok())
        return could_not(fmt::format("{} was not deployed, and a component before it could not be taken back: {}; run "
                                     "`fairlead-deploy rollback --env {}` when the cause is gone",
                                     at, back.error().message, group.environment));
    if (error && begun == 0) return *error;
    auto whole = together.report(fmt::format("{} was not deployed; {}", at,
                                             begun == 0 ? std::string("no component was deployed before it")
                                                        : components_of(begun) + " before it taken back"));
    whole.verdict = error ? report::Verdict::error : std::max(whole.verdict, report::Verdict::fail);
    whole.stays_no = "a component was not deployed";
    if (error) whole.error = *error;
    return whole;
}

Result<void> check_may_begin(const Settings& settings, const sys::Environment& process, const Request& request) {
    TRY_VOID(check_open(settings, Store(settings.state).ledger().folder(), sys::real_clock().now()));
    TRY_VOID(check_evidence(settings, process, request));
    if (settings.policy.approvals.required == 0) return {};
    return no("its plan must be approved, and an approved plan is for a single component; deploy it with --component "
              "NAME --plan FILE");
}

// Once all of them serve, since until then any of them may be taken back.
Result<void> contract_each(const Group& group, const sys::Environment& process, const Request& request,
                           Together& together) {
    for (const auto& [name, settings] : group.components) {
        const Store store(settings.state);
        const auto state = TRY(store.state());
        const auto left = TRY(read_contract_left(store.ledger().folder()));
        if (!settings.migrate || !left || left->release != state.current) continue;
        auto report = contract(settings, process, request);
        if (!report.ok()) return could_not(fmt::format("{}: {}", name, report.error().message));
        together.add(name + ", contract", std::move(report).value());
    }
    return {};
}

Result<report::Report> apply_all(const Group& group, const sys::Environment& process, const Request& request) {
    if (request.dry_run) return each(group, plan, process, request);
    const auto lock = TRY(lock_of(group, request.wait_lock));
    for (const auto& [name, settings] : group.components) // before the first of them moves
        if (const auto may = check_may_begin(settings, process, request); !may.ok())
            return no(fmt::format("component {}: {}", name, may.error().message));
    auto run = TRY(read_last_run(group));
    const bool begun = !run.done; // and interrupted: what it deployed may be taken back as well
    const auto before = begun ? LastRun{} : std::exchange(run, {});
    run.done = false;
    TRY_VOID(write(group, run));
    Together together(group);
    auto each_one = request; // what can't be undone waits for the last of them
    each_one.leave_contract = true;
    each_one.leave_what_is_left = begun;
    for (const auto& component : group.components) {
        auto report = apply(component.settings, process, each_one);
        const auto verdict = report.ok() ? output(report.value(), "verdict") : std::string();
        if (verdict == "deployed") {
            add(run, {component.name, output(report.value(), "release"), output(report.value(), "previous")});
            TRY_VOID(write(group, run));
        }
        const bool went = report.ok() && report->verdict == report::Verdict::pass && !report->error &&
                          verdict != "refused" && verdict != "superseded";
        std::optional<Error> error;
        if (report.ok())
            together.add(component.name, std::move(report).value());
        else
            error = report.error();
        if (went) continue;
        if (sys::stop_requested()) return interrupted(group, run, together, component.name);
        return undone(group, run, process, together, component.name, error);
    }
    if (run.parts.empty()) run = before; // all served already: the way back is that of the run before
    run.done = true;
    TRY_VOID(write(group, run));
    TRY_VOID(contract_each(group, process, request, together));
    return together.report(
        fmt::format("{} of {} serve {}", components_of(group.components.size()), group.app, group.environment));
}

Result<report::Report> rollback_all(const Group& group, const sys::Environment& process, const Request& request) {
    if (!request.to.empty())
        return usage("the release to roll back to belongs to a single component; say --component NAME");
    auto run = TRY(read_last_run(group));
    for (const auto& [component, release, previous] : run.parts)
        if (previous.empty() && run.done)
            return usage(
                fmt::format("nothing served before {} of component {}; to stop it, run `fairlead-deploy down --env {}`",
                            release, component, group.environment));
    TRY_VOID(add_interrupted(group, run));
    Together together(group);
    if (run.parts.empty())
        return usage("the last run of all components left nothing to take back; say --component NAME to take a single "
                     "component further back");
    const auto seen = [&](const Component& one) { return Store(one.settings.state).may_have_seen(request.if_current); };
    if (!request.if_current.empty() && std::none_of(group.components.begin(), group.components.end(), seen))
        return usage(fmt::format(
            "release '{}' was never deployed here; write the release that the last component's step printed, or any",
            one_line(request.if_current)));
    if (!request.if_current.empty() && !is_meant(run.parts.back().release, request.if_current))
        return together.report(fmt::format("untouched: the last release deployed is not {} but {}",
                                           one_line(request.if_current), run.parts.back().release));
    TRY_VOID(check_ways_back(group, run, process, request));
    if (request.dry_run) {
        for (auto one = run.parts.rbegin(); one != run.parts.rend(); ++one)
            together.add(one->component, {.facts = fmt::format("{} would be taken back to {}", one->release,
                                                               one->previous.empty() ? "nothing" : one->previous)});
        return together.report(fmt::format("{} would be taken back", components_of(run.parts.size())));
    }
    const auto lock = TRY(lock_of(group, request.wait_lock));
    const auto count = run.parts.size();
    TRY_VOID(take_back(group, run, process, request, together));
    return together.report(fmt::format("rolled back: {} of {}", components_of(count), group.app));
}

}

Result<report::Report> run_group(const std::string& command, const Group& group, const sys::Environment& process,
                                 const Request& request) {
    struct Row {
        std::string_view name;
        Command command;
        bool backwards = false;
    };
    static constexpr Row rows[] = {{"logs", logs},       {"plan", plan},     {"status", status},
                                   {"history", history}, {"lock", lock},     {"unlock", unlock},
                                   {"down", down, true}, {"apply", nullptr}, {"rollback", nullptr}};
    const auto* row =
        std::find_if(std::begin(rows), std::end(rows), [&](const Row& one) { return one.name == command; });
    const bool of_one = !request.plan_file.empty() || !request.with_down.empty() || !request.export_to.empty() ||
                        !request.promote_from.empty() || !request.sign_off.empty() || !request.metrics.empty();
    if (row == std::end(rows) || of_one)
        return usage(fmt::format("{} is for a single component; say --component NAME, one of {}",
                                 of_one ? "a file of a plan or record" : command, [&] {
                                     std::vector<std::string> names;
                                     for (const auto& one : group.components) names.push_back(one.name);
                                     return one_of(names);
                                 }()));
    if (command == "apply") return apply_all(group, process, request);
    if (command == "rollback") return rollback_all(group, process, request);
    if (command != "down") return each(group, row->command, process, request);
    TRY_VOID(request.confirm(fmt::format("stops {}", group.app)));
    const auto lock = TRY(lock_of(group, request.wait_lock));
    return each(group, row->command, process, request, true);
}

}
