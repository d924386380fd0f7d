#include "deploy/commands.h"
#include "base/printable.h"
#include "base/text.h"
#include "deploy/carry/basis.h"
#include "deploy/carry/leave.h"
#include "deploy/carry/session.h"
#include "deploy/direct/user.h"
#include "deploy/lacking.h"
#include "deploy/layout.h"
#include "deploy/plan_file.h"
#include "deploy/policy/approvers.h"
#include "deploy/policy/bad.h"
#include "deploy/policy/migrate.h"
#include "deploy/promotion.h"
#include "deploy/show/pending.h"
#include "deploy/show/show.h"
#include "deploy/way_back.h"
#include "ledger/files.h"
#include "report/dropped.h"
#include "sys/data/json.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::deploy {

namespace {

Result<report::Report> show_plan(Session& session, const Plan& plan, bool check = false) {
    auto notes = session.place->notes();
    for (auto& note : session.router->notes()) notes.push_back(std::move(note));
    if (const auto cost = session.router->features().may_lose; !cost.empty()) notes.push_back(cost);
    if (auto left = plan.command == "down" ? "" : session.place->leaves_behind(plan.old_release); !left.empty())
        notes.push_back(std::move(left));
    auto report = show(plan, session.settings, notes);
    const auto records = TRY(session.deployment.records());
    add(report, records);
    const auto unfinished = TRY(session.store.unfinished());
    if (unfinished)
        report.text = fmt::format("deployment {} was interrupted; the next run first finishes or undoes it\n",
                                  unfinished->deployment.id) +
                      report.text;
    if (!session.settings.env_from.empty() && plan.command != "down") {
        const auto reason = fmt::format("a plan doesn't run '{}'; it assumes the variables of the release that serves",
                                        session.settings.env_from.front());
        report.skipped.push_back({"env.from", reason});
        report.text += fmt::format("env.from: {}\n", reason);
    }
    if (check && (unfinished || !plan.steps.empty())) report.verdict = report::Verdict::fail;
    return report;
}

void add_pending(report::Report& report, const Pending& pending) {
    if (!pending.unknown.empty())
        report.text += fmt::format("migrate   {}\n", pending.unknown);
    else if (pending.expand.empty() && pending.contract.empty())
        report.text += "migrate   nothing is pending\n";
    if (!pending.expand.empty())
        report.text += fmt::format("migrate   before the switch: {}\n", join(pending.expand, " "));
    if (!pending.contract.empty())
        report.text += fmt::format("contract  after the old release has stopped, and never undone: {}\n",
                                   join(pending.contract, " "));
    report.members.push_back(member_of(pending));
}

// Whoever built the release gives nobody rights on the host.
void add_dropped(report::Report& report, const Release& release) {
    const auto dropped = dropped_of(release.entries);
    if (dropped.paths == 0) return;
    report.text += fmt::format(
        "dropped from {} of the release: {}\n{}  fairlead-deploy sets the modes of a release's files itself; give the "
        "service its rights where it starts, such as AmbientCapabilities= of its unit\n",
        dropped.paths == 1 ? "1 path" : fmt::format("{} paths", dropped.paths), dropped.counts(), dropped.lines());
    report.members.push_back(report::member_of(dropped));
}

// As git names it, whole or shortened; what it was made with may differ from it.
Result<void> check_commit(std::string_view commit) {
    if (commit.empty()) return {};
    const auto id = without_dirty(commit);
    const bool is_id = id.size() >= 4 && id.size() <= 64 && id.find_first_not_of("0123456789abcdef") == id.npos;
    if (is_id) return {};
    return usage(fmt::format(
        "'{}' is not the id of a commit; write 4 to 64 of the digits 0-9 and a-f, as `git rev-parse HEAD` prints it",
        one_line(commit)));
}

Result<Release> read_wanted(Session& session, const Request& request) {
    TRY_VOID(check_commit(request.commit));
    auto release = TRY(session.place->read(request.release_version, request.commit));
    TRY_VOID(check_promotion(session.settings, request.promote_from, release.info));
    return release;
}

Result<Variables> variables_of_plan(Session& session, const sys::Environment& process) {
    const auto state = TRY(session.store.state());
    return known_variables(session.today, process, session.place->given(state.slot));
}

// What can't be gone back to may be so because of a record that is damaged, which nobody has mended yet.
Error beside_damage(Session& session, Error error) {
    const auto records = session.deployment.records();
    if (!records.ok()) return error;
    if (!records->damaged.empty())
        error.message += "; " + ledger::told_with_place(records->damaged.front().what);
    else if (!records->broken.empty())
        error.message += "; the history was changed by hand: " + records->broken.front();
    return error;
}

// The release by its id; empty: it is the one before, or none is named, which nobody has to confirm.
Result<std::string> unusual_target(Session& session, const Request& request) {
    if (request.to.empty()) return std::string();
    const auto wanted = TRY(session.deployment.rollback_target(request.to));
    const auto usual = session.deployment.rollback_target("");
    return usual.ok() && usual->id == wanted.id ? std::string() : wanted.id;
}

Result<void> confirm_target(const std::string& unusual, const Request& request) {
    if (unusual.empty()) return {};
    return request.confirm(fmt::format("puts {} live, which is not the release before the current one", unusual));
}

// What was asked before the lock is another question where somebody deployed meanwhile.
Result<void> confirm_again(Session& session, const Request& request, const std::string& confirmed) {
    const auto now = TRY(unusual_target(session, request));
    if (now.empty() || now == confirmed) return {};
    if (confirmed.empty()) return confirm_target(now, request);
    return no(fmt::format("'{}' meant {} when this run began and means {} now, because of another deployment; run "
                          "`{}`, then name the release",
                          one_line(request.to), confirmed, now, command_for(session.settings, "status")));
}

Result<void> check_down(const Request& request) {
    TRY_VOID(check_migrate_program());
    return request.confirm(fmt::format("takes back the database's migrations after {}, including their data",
                                       one_line(request.with_down)));
}

LeaveAsked leave_asked(const Request& request, const sys::Environment& process) {
    return {request.retry_bad, sys::detect_platform(process) != sys::Platform::terminal, request.if_newer};
}

struct Approved {
    std::optional<Outcome> refusal; // it is pending, or the plan isn't what was approved any more
    std::string plan;               // hash; empty: nobody has to approve
};

Result<Approved> approved(Session& session, const ReleaseInfo& release, const Request& request) {
    const auto& approvals = session.settings.policy.approvals;
    if (approvals.required == 0 && request.plan_file.empty()) return Approved{};
    if (const auto open = TRY(session.store.unfinished()); open && !request.plan_file.empty()) {
        const auto given = TRY(read_plan_hash(request.plan_file));
        if (open->deployment.plan.approved == given && open->deployment.plan.release == release.id)
            return Approved{.refusal = {}, .plan = given}; // its deployer died; it is gone on with
    }
    const auto planned = TRY(session.deployment.plan(release, request.force, "apply"));
    const auto& settings = session.settings;
    const auto refusal = [&](std::string why) {
        const auto state = session.store.state();
        return Approved{Outcome{.verdict = "refused",
                                .reason = std::move(why),
                                .release = release.id,
                                .previous = state.ok() ? state->current : ""},
                        ""};
    };
    const auto now = TRY(plan_file_of(settings, release, planned));
    const auto hash = plan_hash(now);
    const auto stale = request.plan_file.empty() ? Result<std::string>("") : stale_members(request.plan_file, now);
    if (!stale.ok()) return stale.error();
    if (!stale->empty())
        return refusal(fmt::format("the plan in '{}' is out of date: the deployed release, the new release or "
                                   "fairlead.yml changed since ({}); run `fairlead-deploy plan --plan FILE` again",
                                   one_line(request.plan_file), stale.value()));
    Approval wanted{settings.app, settings.environment, hash, session.world.clock.now()};
    if (approvals.required > 0) { // what was signed for a deployment that is done is used up
        const auto history = TRY(session.store.history());
        wanted.spent = last_by(history, hash);
    }
    const auto names = check_approvals(request.plan_file, wanted, approvals, actor_of(session.world.process).name);
    if (names.ok()) return Approved{.refusal = {}, .plan = approvals.required > 0 ? hash : ""};
    if (names.error().kind != Kind::no) return names.error();
    return refusal(names.error().message);
}

// What serves now, for whoever signs this verdict (cli/evidence.h).
void add_release(report::Report& report, const Outcome& outcome, const ReleaseInfo& release) {
    if (outcome.verdict != "deployed" && outcome.verdict != "already" && outcome.verdict != "restored") return;
    if (outcome.release != release.id || release.digest.empty()) return;
    report.members.push_back(report::member("release_digest", release.digest));
    report.members.push_back(report::member("deployed_commit", release.commit));
}

// Where a rollback would lead, which is known when the marks are set. What can't be read changes no outcome.
report::Report show_with_way_back(Session& session, const Settings& settings, Outcome outcome) {
    const auto state = session.store.state();
    const auto present = session.place->present();
    if (state.ok() && present.ok() && !state->current.empty())
        outcome.way_back = release_before(session.store, state.value(), present.value()).value_or("");
    return show(outcome, settings, session.progress.elapsed());
}

Result<void> mark(Session& session, const Outcome& outcome, const ReleaseInfo& release) {
    const auto& folder = session.store.ledger().folder();
    if (release.digest.empty()) return {}; // its record was lost
    if (outcome.verdict == "deployed" && !outcome.sick) return unmark_bad(folder, release.digest);
    if (!outcome.sick) return {};
    const auto serving = TRY(session.store.release(outcome.previous));
    if (serving && serving->digest == release.digest) return {}; // the very same files serve: it was something else
    return mark_bad(folder, release.digest,
                    {release.id, outcome.deployment, outcome.reason.empty() ? outcome.unanswered : outcome.reason,
                     format_utc(session.world.clock.now())});
}

// What somebody rolled back from.
Result<void> mark_left(Session& session, const std::string& left, const Outcome& outcome, const std::string& reason) {
    const auto release = TRY(session.store.release(left));
    const auto serving = TRY(session.store.release(outcome.release));
    if (!release || release->digest.empty() || (serving && serving->digest == release->digest)) return {};
    return mark_bad(session.store.ledger().folder(), release->digest,
                    {left, outcome.deployment, reason.empty() ? "it was rolled back" : "rolled back: " + reason,
                     format_utc(session.world.clock.now())});
}

}

namespace {

// Each with its way out; with `apply --dry-run` the first that stops is what the real run would end with.
void add_lacking(report::Report& report, const std::vector<Lack>& lacking) {
    std::string text;
    bool stops = false;
    for (const auto& one : lacking) {
        text += fmt::format("lacks     {}\n", one.text);
        report.findings.push_back({.rule = "deploy/lacks", .severity = report::Severity::warning, .message = one.text});
        stops = stops || one.stops;
    }
    report.text += text;
    if (stops)
        report.facts = fmt::format("now it would not begin, as something is missing; otherwise {}", report.facts);
}

// What the release is refused for, in the order of a real run; nothing: it may be deployed.
Result<std::optional<Outcome>> kept_away(Session& session, const ReleaseInfo& release, const sys::Environment& process,
                                         const Request& request, const Based& based) {
    if (based.refusal) return based.refusal;
    auto no_leave = TRY(refused(session.world, session.progress, release, leave_asked(request, process)));
    if (no_leave || !request.dry_run) return no_leave;
    return TRY(approved(session, release, request)).refusal;
}

}

Result<report::Report> plan(const Settings& settings, const sys::Environment& process, const Request& request) {
    TRY_VOID(check_promotion_asked(settings, request.promote_from)); // before a large release is read for nothing
    Session session(settings, process, {}, true, ledger::Damaged::passed_over);
    session.todays = TRY(variables_of_plan(session, process));
    session.variables = session.todays;
    const auto missing = lacking(settings, process);
    const auto release = TRY(read_wanted(session, request));
    TRY_VOID(session.preflight());
    TRY_VOID(check_approvers(settings.policy.approvals));
    const auto planned = TRY(session.deployment.plan(release.info, request.force, "apply"));
    if (!request.plan_file.empty() && !request.dry_run)
        TRY_VOID(write_plan(request.plan_file, settings, release.info, planned));
    auto report = TRY(show_plan(session, planned, request.check));
    add_lacking(report, missing);
    add_dropped(report, release);
    if (settings.migrate && !planned.already) {
        const auto serving = planned.old_release.empty() ? "" : session.place->folder(planned.old_release);
        add_pending(report, pending_before(session.world, release.info, serving));
    }
    const auto based = TRY(based_on(session, release.info, request));
    report.text += based.text;
    report.members.push_back(report::member("release_digest", release.info.digest));
    const auto no_leave = TRY(kept_away(session, release.info, process, request, based));
    if (!no_leave) return report;
    const auto facts = fmt::format("now it would be refused: {}; otherwise {}", no_leave->reason, report.facts);
    if (!request.dry_run) {
        report.facts = facts;
        report.members.push_back(report::member("refused", no_leave->reason));
        return report;
    }
    auto decided = show(*no_leave, settings, session.progress.elapsed());
    decided.text = report.text + decided.text;
    decided.facts = facts;
    for (auto& one : report.findings) decided.findings.push_back(std::move(one));
    for (auto& one : report.members) decided.members.push_back(std::move(one));
    decided.skipped = std::move(report.skipped);
    return decided;
}

Result<report::Report> apply(const Settings& settings, const sys::Environment& process, const Request& request) {
    if (request.dry_run) return plan(settings, process, request);
    TRY_VOID(check_promotion_asked(settings, request.promote_from));
    auto variables = TRY(gather_variables(settings, process));
    Session session(settings, process, std::move(variables));
    const auto release = TRY(read_wanted(session, request));
    if (request.force)
        TRY_VOID(request.confirm(fmt::format("deploys {} by force, even if it serves already", release.info.id)));
    TRY_VOID(session.preflight());
    const auto before = TRY(based_on(session, release.info, request));
    if (before.refusal) return show(*before.refusal, settings, session.progress.elapsed());
    const auto lock = TRY(session.lock("a deployment of " + release.info.id, request.wait_lock));
    TRY_VOID(session.deployment.mend_records());
    session.deployment.leave_contract({request.leave_contract, request.leave_what_is_left});
    if (const auto warning = warning_of_root(settings); !warning.empty()) session.progress.warn(warning);
    session.progress.say(fmt::format("deploying {} to {}", release.info.id, settings.environment));
    const auto serving = TRY(session.store.state());
    if (const auto left = session.place->leaves_behind(serving.current); !left.empty()) session.progress.warn(left);
    if (auto no_leave = TRY(refused(session.world, session.progress, release.info, leave_asked(request, process))))
        return show(*no_leave, settings, session.progress.elapsed());
    const auto based = TRY(based_on(session, release.info, request, before)); // by the evidence of now
    if (based.refusal) return show(*based.refusal, settings, session.progress.elapsed());
    const auto leave = TRY(approved(session, release.info, request));
    if (leave.refusal) return show(*leave.refusal, settings, session.progress.elapsed());
    session.deployment.rest_on(based.basis);
    const auto outcome = TRY(session.deployment.apply(release, request.force, leave.plan));
    TRY_VOID(mark(session, outcome, release.info));
    auto report = show_with_way_back(session, settings, outcome);
    if (outcome.verdict == "deployed") report.text += warnings_of(*session.place);
    add_dropped(report, release);
    add_release(report, outcome, release.info);
    if (outcome.verdict == "deployed" && !based.basis.without.empty())
        report.findings.push_back({.rule = "deploy/without-evidence",
                                   .severity = report::Severity::warning,
                                   .message = fmt::format("{} was deployed without the required evidence: {}; status "
                                                          "reports it until a release with evidence serves",
                                                          release.info.id, one_line(based.basis.without))});
    return report;
}

Result<report::Report> contract(const Settings& settings, const sys::Environment& process, const Request& request) {
    auto variables = TRY(gather_variables(settings, process));
    Session session(settings, process, std::move(variables));
    const auto lock = TRY(session.lock("contracting migrations", request.wait_lock));
    const auto outcome = TRY(session.deployment.contract_what_is_left());
    return show(outcome, settings, session.progress.elapsed());
}

Result<report::Report> rollback(const Settings& settings, const sys::Environment& process, const Request& request) {
    Session session(settings, process, {}, false,
                    request.dry_run ? ledger::Damaged::passed_over : ledger::Damaged::refused);
    session.find_todays = [&] {
        return request.dry_run ? variables_of_plan(session, process) : gather_variables(settings, process);
    };
    TRY_VOID(session.place->check_owner());
    const auto unusual = unusual_target(session, request);
    const bool not_here = !unusual.ok() && unusual.error().kind != Kind::usage; // or a record is damaged
    if (!unusual.ok() && (!not_here || request.dry_run)) return unusual.error();
    if (unusual.ok()) TRY_VOID(confirm_target(unusual.value(), request));
    if (request.dry_run) {
        if (const auto other = TRY(session.deployment.untouched(request.if_current)))
            return show(*other, settings, session.progress.elapsed());
        if (const auto ahead = TRY(session.deployment.rollback_of_interrupted(request.to, request.if_current)))
            return show(*ahead, settings);
        const auto found = session.deployment.rollback_target(request.to);
        if (!found.ok()) return beside_damage(session, found.error());
        const auto& release = found.value();
        TRY_VOID(session.deployment.check_database(release.id, request.with_down));
        session.deployment.plan_down(request.with_down);
        TRY_VOID(session.wear(release.id));
        TRY_VOID(session.place->can_start());
        TRY_VOID(request.to.empty() ? session.deployment.check_chosen(release.id) : session.place->check(release.id));
        const auto beside = session.place->check_beside(release.id);
        const auto observed = TRY(session.deployment.look());
        const auto planned = TRY(session.deployment.plan(observed, release, false, "rollback"));
        auto report = TRY(show_plan(session, planned));
        auto able = session.router->can_route();
        if (able.ok() && observed.router_trouble) able = *observed.router_trouble;
        const auto skipped = TRY(session.deployment.skipped_for(request.to, release.id));
        for (const auto& note : {beside.ok() ? std::string() : beside.error().message, skipped})
            if (!note.empty()) report.text += fmt::format("note      {}\n", note);
        if (!able.ok()) report.text += fmt::format("now it would be refused: {}\n", able.error().message);
        const bool own = session.store.carried(release.id).value_or(std::nullopt).has_value();
        report.text += fmt::format("settings: {}\n  command: {}\n  health: {}\n",
                                   own ? "the settings that " + release.id + " was deployed with"
                                       : "today's settings; " + release.id + " has no settings of its own",
                                   join(session.settings.command_of_rollback(), " "), session.settings.health.path);
        return report;
    }
    const auto lock = TRY(session.lock("a rollback", request.wait_lock));
    TRY_VOID(session.deployment.mend_records());
    TRY_VOID(confirm_again(session, request, unusual.ok() ? unusual.value() : ""));
    if (!request.with_down.empty()) TRY_VOID(check_down(request));
    const auto before = TRY(session.store.state()).current;
    const auto outcome =
        TRY(session.deployment.rollback(request.to, request.reason, request.if_current, request.with_down));
    if (outcome.verdict == "deployed")
        if (const auto serves = TRY(session.store.release(outcome.release)); serves && !serves->digest.empty())
            TRY_VOID(unmark_bad(session.store.ledger().folder(), serves->digest));
    if (outcome.verdict == "deployed" && request.to.empty() && !request.blameless)
        TRY_VOID(mark_left(session, before, outcome, request.reason));
    auto report = show_with_way_back(session, settings, outcome);
    if (const auto serves = TRY(session.store.release(outcome.release))) add_release(report, outcome, *serves);
    return report;
}

Result<report::Report> down(const Settings& settings, const sys::Environment& process, const Request& request) {
    Session session(settings, process, {}, false,
                    request.dry_run ? ledger::Damaged::passed_over : ledger::Damaged::refused);
    TRY_VOID(session.place->check_owner());
    TRY_VOID(session.place->can_stop());
    TRY_VOID(request.confirm(fmt::format("stops {}", settings.app)));
    if (request.dry_run) {
        const auto observed = TRY(session.deployment.observe());
        return show_plan(session, make_down_plan(observed));
    }
    const auto lock = TRY(session.lock("down", request.wait_lock));
    const auto outcome = TRY(session.deployment.down(request.reason));
    return show(outcome, settings, session.progress.elapsed());
}

}
