#include "deploy/show/show.h"
#include "base/printable.h"
#include "base/text.h"
#include "deploy/decide/strategies.h"
#include "deploy/direct/user.h"
#include "deploy/way_back.h"
#include "sys/data/json.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::deploy {

namespace {

using sys::Json;

std::string closing_line(const Outcome& outcome, const Settings& settings, Milliseconds duration) {
    const auto where = settings.environment;
    const bool back = outcome.verdict == "failed" || outcome.verdict == "rolled_back" || outcome.verdict == "aborted";
    if (!outcome.unanswered.empty()) {
        const auto& what = back ? outcome.previous : outcome.release;
        const auto how = outcome.verdict == "already"    ? "is deployed already"
                         : outcome.verdict == "deployed" ? "is deployed"
                                                         : "is back";
        if (outcome.sick && outcome.verdict == "deployed")
            return fmt::format("{} is deployed in {}, but does not answer there, and is marked bad; {}", what, where,
                               outcome.way_back.empty() ? "deploy another release" : "take it back");
        return fmt::format(
            "{} {} in {}, but does not answer there; if the router is down, start it; otherwise run `{}` "
            "to start the release again",
            what, how, where, apply_by_force(settings, what));
    }
    if (outcome.verdict == "already" && outcome.release.empty()) return fmt::format("nothing runs in {}", where);
    if (outcome.verdict == "already") return fmt::format("already deployed: {} serves {}", outcome.release, where);
    if (outcome.verdict == "untouched")
        return fmt::format("untouched: {} {}; {} is deployed", outcome.reason, where,
                           outcome.release.empty() ? "nothing" : outcome.release);
    const auto took = format_duration(duration);
    if (outcome.verdict == "deployed") {
        return fmt::format("deployed: {} serves {} at {} ({}){}", outcome.release, where, settings.url, took,
                           outcome.left_running ? "; the old release still has requests and is stopped by the next run"
                                                : "");
    }
    if (outcome.verdict == "stopped") {
        return fmt::format("stopped: {} no longer serves {} ({}){}",
                           outcome.release.empty() ? "nothing" : outcome.release, where, took,
                           outcome.left_running ? "; it still has requests and is stopped by the next run" : "");
    }
    if (outcome.verdict == "restored")
        return fmt::format("rolled back: {} serves {} again ({})", outcome.release, where, took);
    if (outcome.release == outcome.previous) // forced, or the way back from down
        return fmt::format("{}: {} goes on serving {} ({})", replace_all(outcome.verdict, "_", " "), outcome.release,
                           where, took);
    const auto serves = outcome.previous.empty()       ? std::string("nothing serves")
                        : outcome.verdict == "refused" ? outcome.previous + " stays deployed" // nobody asked it
                                                       : outcome.previous + " serves";
    return fmt::format("{}: {} is not deployed, {} {} ({})", replace_all(outcome.verdict, "_", " "), outcome.release,
                       serves, where, took);
}

// Why, the last lines of the candidate, the way out.
std::string explanation(const Outcome& outcome, const Settings& settings) {
    std::string text;
    if (!outcome.log.empty())
        text += fmt::format("last lines of {}:\n  {}\n", outcome.release, replace_all(outcome.log, "\n", "\n  "));
    if (outcome.verdict == "failed" || outcome.verdict == "rolled_back") {
        std::vector<std::string> ways;
        if (outcome.is_its_fault) ways.push_back("fix the release and deploy again");
        const auto asked = settings.health.path + " answers ";
        if (outcome.reason.find(asked + "3") != outcome.reason.npos ||
            outcome.reason.find(asked + "4") != outcome.reason.npos)
            ways.push_back("if that page is the wrong one to ask, change deploy.health.path");
        if (!outcome.log.empty())
            ways.push_back(
                fmt::format("more lines are in {}/deployments/{}/candidate.log", settings.state, outcome.deployment));
        if (!ways.empty()) text += join(ways, "; ") + "\n";
    }
    if (outcome.verdict == "aborted") text += "run the same command again to finish\n";
    return text;
}

std::string slot_lines(const std::string& name, const Status& status) {
    const auto& observed = status.observed;
    std::string text;
    for (const auto& one : observed.in(name)) {
        const bool reached = std::any_of(observed.routed.begin(), observed.routed.end(),
                                         [&](const Share& share) { return share.to == one; });
        text += fmt::format("{} {}: {} {}{}\n", name_of(one) == name ? "slot" : "    ", name_of(one),
                            observed.stays(one) ? "runs" : "ends", observed.seen.at(one).release,
                            !reached                        ? ""
                            : status.router_problem.empty() ? ", serves"
                                                            : ", the router leads to it");
    }
    return text.empty() ? fmt::format("slot {}: empty\n", name) : text;
}

std::vector<std::string> drift(const Status& status, const Settings& settings) {
    std::vector<std::string> found;
    const auto& [state, observed, unfinished, holder, hold, router, lost, files, no_way_back, missing, without, left,
                 hooks_left, pending] = status;
    const auto routed = observed.routed_slot();
    if (!unfinished.empty()) { // it is between two states
        if (!routed.empty() && !observed.router_trouble && !observed.stays(routed))
            found.push_back(fmt::format("slot {}, which the router leads to, does not run", routed));
        return found;
    }
    if (state.current.empty()) {
        for (const std::string name : {"a", "b"})
            if (observed.stays(name)) found.push_back(fmt::format("nothing is deployed, but slot {} runs", name));
        return found;
    }
    if (!observed.router_trouble && !observed.leads_only_to(state.slot)) {
        found.push_back(routed == state.slot
                            ? fmt::format("the router leads to slot {}, but not with all requests", routed)
                            : fmt::format("the router leads to {}, but the record says slot {}",
                                          routed.empty() ? "nothing" : "slot " + routed, state.slot));
    }
    if (!lost.empty()) found.push_back(fmt::format("a switch would not change the router: {}", lost));
    if (observed.stays(state.slot) && observed.release(state.slot) != state.current)
        found.push_back(fmt::format("slot {} runs {}, but the record says {}", state.slot, observed.release(state.slot),
                                    state.current));
    if (!observed.stays(state.slot))
        found.push_back(fmt::format("{} does not run in slot {}", state.current, state.slot));
    if (observed.alone(state.slot)) {
        found.push_back(fmt::format(
            "its supervisor was killed: nothing restarts {} when it ends; deploy again to repair it", state.current));
    }
    const bool warm = settings.keep_warm.count() > 0 && !observed.leads_to(other_slot(state.slot));
    if (observed.stays(other_slot(state.slot)) && !warm)
        found.push_back(fmt::format("slot {} still runs", other_slot(state.slot)));
    for (const auto& [name, slot] : observed.strays)
        found.push_back(fmt::format("{}{} does not belong to a slot; the next apply ends it",
                                    slot.empty() ? "container " : "", name));
    if (!files.empty())
        found.push_back(settings.target == "exec"
                            ? fmt::format("{}, not {}; to deploy it again, run `{}`", files, state.current,
                                          apply_by_force(settings, state.current))
                            : fmt::format("release {} has changed since it was sealed: {}", state.current, files));
    return found;
}

}

report::Report show(const Outcome& outcome, const Settings& settings, Milliseconds duration) {
    report::Report report{.tool = "deploy", .environment = settings.environment};
    const bool down = outcome.verdict == "stopped";
    const bool hook_failed = !outcome.hook.empty(), contract_failed = !outcome.contract.empty();
    const bool yes = outcome.verdict == "deployed" || outcome.verdict == "already" || outcome.verdict == "restored" ||
                     outcome.verdict == "untouched" || down;
    const bool silent = !outcome.unanswered.empty();
    report.verdict = yes && !hook_failed && !contract_failed && !silent ? report::Verdict::pass : report::Verdict::fail;
    report.text = explanation(outcome, settings);
    report.facts = closing_line(outcome, settings, duration);
    if (!yes) {
        report.findings.push_back(
            {.rule = "deploy/" + replace_all(outcome.verdict, "_", "-"), .message = outcome.reason});
        for (const auto& complaint : outcome.no_evidence)
            report.findings.push_back({.rule = "deploy/evidence", .message = complaint});
        report.stays_no = "it reports what happened";
    }
    if (silent) {
        report.findings.push_back({.rule = "deploy/unanswered", .message = outcome.unanswered});
        report.stays_no = "it reports what happened";
    }
    if (yes && hook_failed) {
        report.findings.push_back({.rule = "deploy/hook", .message = outcome.hook});
        report.stays_no = "it reports what happened";
    }
    if (yes && contract_failed) {
        report.findings.push_back(
            {.rule = "deploy/contract", .message = outcome.contract + "; run apply again to run them"});
        report.stays_no = "it reports what happened";
    }
    if (outcome.error) {
        report.verdict = report::Verdict::error;
        report.error = outcome.error;
    } else if (outcome.left_running) {
        report.verdict = report::Verdict::error;
        report.error = could_not("interrupted after the switch: " + report.facts);
    }
    const auto serving = down ? "" : yes ? outcome.release : outcome.previous;
    report.outputs = {{"deployment", outcome.deployment},     {"release", outcome.release},
                      {"version", version_of(serving)},       {"previous", outcome.previous},
                      {"verdict", outcome.verdict},           {"url", settings.url},
                      {"duration", format_duration(duration)}};
    if (report.error) // who serves then is in the state, for `status` to tell
        std::erase_if(report.outputs, [](const auto& output) {
            return output.first == "release" || output.first == "version" || output.first == "previous";
        });
    Json record{{"deployment", outcome.deployment}, {"release", outcome.release}, {"previous", outcome.previous},
                {"verdict", outcome.verdict},       {"reason", outcome.reason},   {"url", settings.url},
                {"duration_ms", duration.count()}};
    if (!outcome.migrations.none()) record["migrations"] = to_json(outcome.migrations);
    if (const auto ran = told(outcome.migrations); !ran.empty()) report.text += fmt::format("migrations: {}\n", ran);
    const auto say = [&](std::string_view command) { return command_for(settings, command); };
    const auto back = outcome.way_back.empty() ? "" : say("rollback") + " --if-current " + serving;
    const Json next{{"rollback", back}, {"status", say("status")}, {"logs", say("logs")}, {"history", say("history")}};
    if (outcome.verdict == "deployed" && !report.error)
        report.text += fmt::format("{}look at it with    {}\nread it with       {}\n",
                                   back.empty() ? "" : "take it back with  " + back + "\n", say("status"), say("logs"));
    report.members = {report::member("record", record), report::member("next", next)};
    return report;
}

report::Report show(const Deployment::Ahead& ahead, const Settings& settings) {
    report::Report report{.tool = "deploy", .environment = settings.environment};
    report.text = fmt::format("release   {}\ndeployment {} of {} was interrupted; the rollback {}\n", ahead.serves,
                              ahead.deployment, ahead.release,
                              ahead.undone                    ? "undoes it, and nothing else"
                              : ahead.serves == ahead.release ? "finishes it, and nothing else"
                                                              : "finishes it and then goes back");
    report.facts = fmt::format("a rollback would leave {} serving {}", ahead.serves, settings.environment);
    report.members = {report::member("release", ahead.serves), report::member("unfinished", ahead.deployment)};
    return report;
}

report::Report show(const Plan& plan, const Settings& settings, const std::vector<std::string>& notes) {
    report::Report report{.tool = "deploy", .environment = settings.environment};
    const bool down = plan.command == "down";
    if (!down) report.text = fmt::format("release   {}\n", plan.release);
    report.text +=
        fmt::format("serving   {}\n",
                    plan.old_release.empty() ? "nothing" : fmt::format("{} in slot {}", plan.old_release, plan.old));
    if (!down) {
        report.text +=
            fmt::format("strategy  {}, downtime: {}\n", plan.strategy, find_strategy(plan.strategy)->downtime);
    }
    if (!down && !settings.health.tells_version())
        report.text += "note      health.version is not set, so it can't be checked which release answers\n";
    const std::string_view way = settings.port == 0 ? "{socket}" : "{port}";
    const auto names_it = [&](const std::string& word) { return word.find(way) != word.npos; };
    if (!down && !settings.command.empty() && std::none_of(settings.command.begin(), settings.command.end(), names_it))
        report.text +=
            fmt::format("note      target.command does not contain {}: the program must listen at {} itself\n", way,
                        settings.port == 0 ? "$FAIRLEAD_SOCKET" : "$FAIRLEAD_PORT");
    for (const auto& note : notes)
        if (!down) report.text += fmt::format("note      {}\n", note);
    if (const auto warning = warning_of_root(settings); !down && !warning.empty())
        report.text += fmt::format("note      {}\n", warning);
    int number = 0;
    for (const auto& step : plan.steps) {
        const auto on = where(step);
        report.text += fmt::format("{:>3}. {}{}\n", ++number, name_of(step), on.empty() ? "" : " " + on);
    }
    const auto& where = settings.environment;
    if (down && plan.already)
        report.facts = fmt::format("nothing runs in {}", where);
    else if (plan.already)
        report.facts = fmt::format("already deployed: {} in {}", plan.release, where); // nobody asked it
    else
        report.facts = fmt::format("{} steps would {} {}", plan.steps.size(),
                                   down ? "stop what runs in" : "deploy " + plan.release + " to", where);
    report.members = {report::member("plan", to_json(plan))};
    report.outputs = {{"release", plan.release},
                      {"previous", plan.old_release},
                      {"verdict", plan.already ? "already" : "planned"},
                      {"url", settings.url}};
    return report;
}

report::Report show(const History& history, std::size_t count) {
    report::Report report{.tool = "deploy"};
    const auto size = history.records.size(); // of the newest, where nobody asks for more
    auto records = Json::array();
    for (auto i = size > count ? size - count : 0; i < size; ++i) {
        const auto& record = history.records[i];
        report.text += fmt::format("{}  {:<11} {:<9} {}  by {}{}\n", record.started, record.verdict, record.command,
                                   record.release, record.actor, record.reason.empty() ? "" : ": " + record.reason);
        if (const auto ran = told(record.migrations); !ran.empty())
            report.text += fmt::format("  migrations: {}\n", ran);
        if (!record.without_evidence.empty())
            report.text += fmt::format("  without evidence: {}\n", one_line(record.without_evidence));
        records.push_back(to_json(record));
    }
    for (const auto& problem : history.broken) {
        report.findings.push_back({.rule = "deploy/history-changed", .file = "history.jsonl", .message = problem});
    }
    report.verdict = history.broken.empty() ? report::Verdict::pass : report::Verdict::fail;
    report.stays_no = "a broken chain of records can't be waived";
    report.facts = history.broken.empty()
                       ? fmt::format("{} deployments, the chain of records is unbroken{}", history.links.size(),
                                     history.signed_off == 0 ? "" : fmt::format("; {} signed off", history.signed_off))
                       : "the history was changed by hand";
    report.members = {report::member("records", records)};
    return report;
}

report::Report show(const Proof& proof, const std::string& file) {
    report::Report report{.tool = "deploy", .environment = proof.environment};
    report.facts = fmt::format("{} serves {} since {}, smoke: {}; written to {}", proof.release, proof.environment,
                               proof.finished, proof.smoke, file);
    report.outputs = {{"deployment", proof.deployment},
                      {"release", proof.release},
                      {"version", proof.version},
                      {"verdict", proof.verdict}};
    return report;
}

namespace {

std::string what_is_deployed(const Status& status, const Settings& settings) {
    const auto& state = status.state;
    if (state.current.empty())
        return fmt::format("nothing is deployed to {}{}", settings.environment,
                           state.previous.empty() ? "" : "; the last release was " + state.previous);
    if (!status.unfinished.empty()) // whichever serves meanwhile
        return fmt::format("{} was deployed to {} at {} before the deployment that isn't finished; the slots show what "
                           "serves",
                           state.current, settings.environment, settings.url);
    return fmt::format("{} is deployed to {} at {}", state.current, settings.environment, settings.url);
}

}

report::Report show(const Status& status, const Settings& settings) {
    report::Report report{.tool = "deploy", .environment = settings.environment};
    const auto& [state, observed, unfinished, holder, hold, router, lost, files, no_way_back, missing, without, left,
                 hooks_left, pending] = status;
    for (const std::string name : {"a", "b"}) report.text += slot_lines(name, status);
    const auto warn = [&](const char* rule, const std::string& message) {
        report.findings.push_back({.rule = rule, .severity = report::Severity::warning, .message = message});
    };
    if (!unfinished.empty() && !holder.empty())
        report.text += fmt::format("deployment {} is under way: {}\n", unfinished, holder);
    else if (!unfinished.empty())
        warn("deploy/interrupted",
             fmt::format("deployment {} was interrupted; the next run finishes or undoes it", unfinished));
    if (!hold.empty())
        report.text += fmt::format("on hold: {}; to end the hold, run `{}`\n", hold, command_for(settings, "unlock"));
    if (left && left->reason.empty())
        report.text += fmt::format("contracting migrations of {} are left for the next run of apply\n", left->release);
    else if (left)
        warn("deploy/contract", fmt::format("contracting migrations of {} did not run: {}; run apply again to run them",
                                            left->release, left->reason));
    for (const auto& name : hooks_left)
        warn("deploy/hook", fmt::format("hook '{}' failed after {} was deployed; run apply again to run it",
                                        one_line(name), state.current));
    if (pending && !pending->contract.empty())
        report.text += fmt::format("pending for contract: {}\n", join(pending->contract, " "));
    if (pending && !pending->unknown.empty()) report.text += fmt::format("migrations: {}\n", pending->unknown);
    for (const auto& problem : drift(status, settings)) warn("deploy/drift", problem);
    for (const auto& problem : missing) warn("deploy/missing", problem);
    for (const auto& problem : no_way_back) warn("deploy/no-way-back", problem);
    if (!without.empty())
        warn("deploy/without-evidence",
             fmt::format("{} serves without the required evidence: {}; deploy a release that "
                         "has it",
                         state.current, without));
    if (observed.router_trouble)
        warn("deploy/router",
             fmt::format("it can't be determined which release gets requests: {}{}", observed.router_trouble->message,
                         router.empty() ? "" : fmt::format("; {} {}", settings.url, router)));
    else if (!router.empty())
        warn("deploy/router", fmt::format("the router at {} {}; until that is fixed, users can't reach the release",
                                          settings.url, router));
    report.facts = what_is_deployed(status, settings);
    report.members = {report::member("current", state.current), report::member("previous", state.previous),
                      report::member("slot", state.slot),       report::member("routed", observed.routed_slot()),
                      report::member("unfinished", unfinished), report::member("hold", hold)};
    if (pending) report.members.push_back(member_of(*pending));
    report.outputs = {{"deployment", state.deployment},
                      {"release", state.current},
                      {"version", version_of(state.current)},
                      {"previous", state.previous},
                      {"url", settings.url}};
    return report;
}

void add(report::Report& report, const Records& records) {
    for (const auto& [what, file, cure, guides] : records.damaged)
        report.findings.push_back({.rule = "deploy/damaged",
                                   .severity = report::Severity::warning,
                                   .file = what.place.file.empty() ? file.string() : what.place.file,
                                   .line = what.place.line,
                                   .message = what.message});
    for (const auto& problem : records.broken)
        report.findings.push_back({.rule = "deploy/history-changed",
                                   .severity = report::Severity::warning,
                                   .file = "history.jsonl",
                                   .message = "the history was changed by hand: " + problem});
}

}
