#include "base/printable.h"
#include "base/text.h"
#include "deploy/carry/session.h"
#include "deploy/commands.h"
#include "deploy/layout.h"
#include "deploy/policy/contract_left.h"
#include "deploy/policy/hold.h"
#include "deploy/probe.h"
#include "deploy/promotion.h"
#include "deploy/routers/install.h"
#include "deploy/show/found.h"
#include "deploy/show/pending.h"
#include "deploy/show/rehearsal.h"
#include "deploy/show/resources.h"
#include "deploy/show/show.h"
#include "deploy/way_back.h"
#include "ledger/files.h"
#include "ledger/whole.h"
#include "sys/data/json.h"
#include <algorithm>
#include <fmt/format.h>

// The commands that change no release: status, history, router.
namespace fairlead::deploy {

namespace {

// The way that the users come: all may be as recorded while nobody reaches it.
Result<std::string> router_problem(Session& session, const Status& seen) {
    if (seen.state.current.empty() || !seen.unfinished.empty()) return std::string();
    const auto release = session.store.release(seen.state.current);
    if (!release.ok() || !release.value()) return std::string();
    TRY_VOID(session.wear(seen.state.current)); // its health may be told by another path than today's
    const auto answer = ask_router(session.world);
    const auto problem =
        answer.ok() ? judge(answer.value(), session.settings.health, *release.value()).problem : answer.error().message;
    TRY_VOID(session.wear(""));
    return problem;
}

// Why nothing serves: somebody stopped it; empty: nobody did.
Result<std::string> taken_down(Session& session) {
    const auto history = TRY(session.store.history());
    if (history.records.empty() || history.records.back().command != "down") return std::string();
    const auto& last = history.records.back();
    return fmt::format("{} was taken down at {} by {}{}; to start it again, deploy it", last.release, last.finished,
                       one_line(last.actor), last.reason.empty() ? "" : ": " + one_line(last.reason));
}

// By its own deployment, also after a rollback to it; records that can't be read are told elsewhere.
std::string without_evidence(Session& session, const std::string& release) {
    const auto history = session.store.history();
    const auto* came = history.ok() ? came_by(history.value(), release) : nullptr;
    if (!came || came->without_evidence.empty()) return {};
    return fmt::format("{} ({}, {})", one_line(came->without_evidence), one_line(came->actor), came->finished);
}

// With the variables that it was proven with: nobody gave any for a look.
Result<void> look_at_migrations(Session& session, Status& seen) {
    const auto left = TRY(read_contract_left(session.store.ledger().folder()));
    if (left && left->release == seen.state.current) seen.left = left;
    seen.hooks_left = TRY(session.deployment.hooks_left(seen.state.current));
    if (!session.today.migrate) return {};
    TRY_VOID(session.wear(seen.state.current));
    const auto release = TRY(session.store.release(seen.state.current)).value_or(ReleaseInfo{.id = seen.state.current});
    seen.pending = pending_after(session.world, release, session.place->folder(release.id));
    return session.wear("");
}

// An empty history of what serves is no history: it lies elsewhere, or was taken away.
Result<void> check_told(Session& session) {
    const auto& settings = session.settings;
    for (const auto& [instance, seen] : TRY(session.place->observe()))
        if (seen.running)
            return no(fmt::format("'{}' has no records, but {} runs {}; the records are elsewhere or were removed; run "
                                  "`{} --rebuild` to start new records",
                                  settings.state, name_of(instance), seen.release, command_for(settings, "status")));
    return {};
}

// What the user may not see is not what is gone.
Result<std::vector<std::string>> seen_in(const sys::Path& folder) {
    auto names = ledger::names_in(folder);
    if (names.ok()) return names;
    return usage(names.error().message + "; run this as the user who deploys, or as root");
}

// By whatever links it is named.
bool is_same_folder(const sys::Path& one, const sys::Path& other) {
    std::error_code error;
    return Layout{one}.owner() == Layout{other}.owner() || std::filesystem::equivalent(one, other, error);
}

// The state folder of the target with that root, as its file `owner` says. Without that file: as the records say that
// are found on this host.
Result<sys::Path> records_below(const sys::Path& root, const sys::Environment& variables) {
    const auto names = TRY(seen_in(root));
    const auto owner = sys::read_file(Layout{root}.owner(), 64u << 10);
    const auto lines = split(owner.ok() ? owner.value() : "", '\n');
    const bool is_told = lines.size() > 1 && !lines[1].empty();
    const auto kept = is_told ? seen_in(lines[1]) : Result<std::vector<std::string>>(std::vector<std::string>());
    if (!kept.ok()) return kept.error();
    if (!kept->empty()) return sys::Path(lines[1]);
    for (const auto& one : find_deployed(variables))
        if (!one.root.empty() && is_same_folder(one.root, root)) return sys::Path(one.state);
    const bool is_there = std::find(names.begin(), names.end(), "owner") != names.end();
    if (!is_there)
        return usage(fmt::format("'{}' is not the root of a target: it has no file 'owner'; name the folder of "
                                 "target.root, or write the file again in the folder of fairlead.yml: fairlead-deploy "
                                 "status --env ENVIRONMENT --rebuild",
                                 one_line(root.string())));
    const auto of = lines[0].rfind('/'); // APP/ENVIRONMENT
    return usage(fmt::format(
        "the file 'owner' of '{}' {}; if they are nowhere else, write them again in the folder of "
        "fairlead.yml: fairlead-deploy status --env {} --rebuild",
        one_line(root.string()),
        is_told ? fmt::format("says that the records are in '{}', which is not there or is empty", one_line(lines[1]))
                : "is damaged: it does not say where the records are",
        of == lines[0].npos ? "ENVIRONMENT" : one_line(lines[0].substr(of + 1))));
}

// The chain can't tell of lines that are no records, nor of its end without the state that names it.
void judge_records(report::Report& report, const sys::Path& folder) {
    for (auto& finding : report.findings) {
        const sys::Path file(finding.file);
        const auto name = file.filename().string();
        if (finding.rule != "deploy/damaged" || file.parent_path() != folder) continue;
        if (name != "state.json" && !name.starts_with("history")) continue;
        finding.severity = report::Severity::error;
        if (report.verdict == report::Verdict::pass) report.facts = "records of the history are damaged";
        report.verdict = report::Verdict::fail;
    }
}

}

Result<Settings> settings_below(const std::string& root, const sys::Environment& variables) {
    const auto folder = std::filesystem::absolute(root).lexically_normal();
    const auto records = TRY(records_below(folder, variables));
    const Store store(records, ledger::Damaged::passed_over);
    const auto state = store.state();
    const auto current = state.ok() ? state->current : std::string();
    auto ids = TRY(store.releases());
    std::stable_partition(ids.begin(), ids.end(), [&](const auto& id) { return id == current; });
    for (const auto& id : ids) {
        const auto carried = store.carried(id);
        if (carried.ok() && carried.value() && is_same_folder(carried.value()->settings.root, folder))
            return carried.value()->settings;
    }
    return usage(fmt::format("no release of '{}' has stored settings: all were deployed by a version that didn't store "
                             "them; run this in the folder of fairlead.yml",
                             one_line(root)));
}

Result<report::Report> status(const Settings& settings, const sys::Environment& process, const Request& request) {
    if (request.rebuild) {
        Session session(settings, process, {});
        TRY_VOID(session.place->check_owner());
        const auto lock = TRY(session.lock("a look at its records", request.wait_lock));
        TRY_VOID(session.deployment.mend_records());
        TRY_VOID(session.deployment.renew_state());
    }
    Session session(settings, process, {}, false, ledger::Damaged::passed_over);
    Status seen;
    if (const auto owned = session.place->check_owner(); !owned.ok() && owned.error().kind == Kind::usage)
        return owned.error(); // else it can't be told, and what else there is, is
    const auto records = TRY(session.deployment.records());
    seen.observed = TRY(session.deployment.look());
    seen.state = TRY(session.deployment.state_by(seen.observed));
    const auto recorded = TRY(session.store.state()).current;
    if (!recorded.empty() && recorded != seen.state.current)
        seen.missing.push_back(fmt::format("the records say that {} serves, but {} does, which is newer; run "
                                           "`{} --rebuild` to write them again",
                                           recorded, seen.state.current, command_for(settings, "status")));
    if (const auto unfinished = TRY(session.store.unfinished())) seen.unfinished = unfinished->deployment.id;
    seen.lock_holder = session.store.ledger().lock_holder().value_or("");
    if (const auto hold = read_hold(session.store.ledger().folder()); !hold.ok())
        seen.hold = hold.error().message;
    else if (hold.value())
        seen.hold = described(*hold.value());
    seen.router_problem = TRY(router_problem(session, seen));
    seen.without_evidence = without_evidence(session, seen.state.current);
    if (request.check && seen.state.current.empty() && seen.unfinished.empty()) {
        const auto down = TRY(taken_down(session));
        seen.missing.push_back(
            !down.empty() ? down
                          : fmt::format("no release is recorded in {} as serving {}; deploy a release, or run this "
                                        "on the host and with the target.state that the deployment used",
                                        session.store.ledger().folder().string(), settings.environment));
    }
    if (request.check && !seen.state.current.empty() && seen.unfinished.empty()) {
        const auto drift = session.place->drift(seen.state.current);
        seen.drift = drift.ok() ? drift.value() : drift.error().message;
        const bool answers = seen.router_problem.empty() && !seen.observed.router_trouble; // else that is told
        if (const auto leads = answers ? session.router->check() : Result<void>(); !leads.ok())
            seen.router_lost = ledger::told_with_place(leads.error());
        for (auto& one : TRY(missing(session, seen.observed, seen.state))) seen.missing.push_back(std::move(one));
        const auto history = TRY(session.store.history());
        const bool untold = history.links.empty() && records.broken.empty() && records.damaged.empty();
        if (const auto told = untold ? check_told(session) : Result<void>(); !told.ok())
            seen.missing.push_back(told.error().message);
        seen.no_way_back = TRY(no_way_back(session, seen.observed, seen.state.previous));
    }
    if (!seen.state.current.empty() && seen.unfinished.empty()) TRY_VOID(look_at_migrations(session, seen));
    auto report = show(seen, settings);
    add(report, records);
    if (!seen.state.current.empty()) report.text += warnings_of(*session.place);
    if (const auto release = session.store.release(seen.state.current); release.ok() && release.value())
        report.members.push_back(report::member("release_commit", release.value()->commit));
    report.looked.at_all = true;
    if (request.resources || !request.metrics.empty()) {
        const auto loads = TRY(measured(*session.place, session.world.clock));
        add_resources(report, loads);
        if (!request.metrics.empty())
            TRY_VOID(sys::write_file(request.metrics, open_metrics(loads, settings), 0644, sys::Sync::no));
    }
    if (!request.check || report.findings.empty()) return report;
    report.verdict = report::Verdict::fail;
    const auto is_mild = [](const report::Finding& finding) { return finding.rule == "deploy/near-limit"; };
    for (auto& finding : report.findings)
        if (!is_mild(finding)) finding.severity = report::Severity::error;
    if (std::all_of(report.findings.begin(), report.findings.end(), is_mild)) report.verdict = report::Verdict::pass;
    return report;
}

Result<report::Report> logs(const Settings& settings, const sys::Environment& process, const Request& request) {
    Session session(settings, process, {}, false, ledger::Damaged::passed_over);
    TRY_VOID(session.place->check_owner());
    const auto observed = TRY(session.deployment.look());
    const auto wanted = request.of.empty() ? observed.serving_slot() : request.of;
    const auto state = TRY(session.store.state());
    TRY_VOID(session.wear(state.current)); // its secrets are masked
    report::Report report{.tool = "deploy", .environment = settings.environment};
    std::vector<std::string> names;
    for (const auto& [instance, seen] : observed.seen) {
        names.push_back(name_of(instance));
        if (instance.slot != wanted && names.back() != wanted) continue;
        report.text +=
            fmt::format("== {} ({}) ==\n{}\n", names.back(), seen.release, session.place->log(instance, request.lines));
    }
    std::erase_if(names, is_slot);
    const bool none = observed.seen.empty();
    names.insert(names.begin(), {"a", "b"});
    if (report.text.empty() && !request.of.empty())
        return usage(fmt::format("'{}' is not a slot or instance here; {}", one_line(request.of),
                                 none ? "nothing was started" : "expected " + one_of(names)));
    report.facts = report.text.empty() ? fmt::format("nothing runs in {}", settings.environment)
                                       : fmt::format("at most {} lines of each", request.lines);
    return report;
}

Result<report::Report> history(const Settings& settings, const sys::Environment& process, const Request& request) {
    Session session(settings, process, {}, false, ledger::Damaged::passed_over);
    const auto& store = session.store;
    TRY_VOID(session.place->check_owner());
    if (request.export_to.empty()) {
        const auto records_seen = TRY(session.deployment.records());
        auto chain = TRY(ledger::whole_history(store.ledger(), domain));
        if (chain.links.empty() && chain.broken.empty()) TRY_VOID(check_told(session));
        const auto shown = std::min(request.count, chain.links.size());
        const ledger::Chain newest{
            .links = {chain.links.end() - static_cast<std::ptrdiff_t>(shown), chain.links.end()}};
        History records{std::move(chain), read_history(newest).records};
        auto report = show(records, request.count);
        add(report, {records_seen.damaged, {}}); // the whole chain is judged
        judge_records(report, store.ledger().folder());
        return report;
    }
    const auto proof = TRY(prove(settings, store));
    TRY_VOID(write_proof(proof, request.export_to));
    return show(proof, request.export_to);
}

Result<report::Report> router(const Settings& settings, const sys::Environment& process, const Request& request) {
    report::Report report{.tool = "deploy", .environment = settings.environment};
    Session session(settings, process, {});
    if (request.check) {
        TRY_VOID(check_router(session.world, *session.router, request.install));
        report.text = "the router runs with this configuration already\n";
        return report;
    }
    if (!request.install.empty() && !request.dry_run) {
        const bool written = TRY(install_router(session.world, *session.router, request.install));
        report.text = request.install +
                      (written ? ": written; include it in the router's own file and reload the router to use it\n"
                               : ": up to date already\n");
        return report;
    }
    report.bodies["text"] = report.bodies["github"] = TRY(session.router->render());
    report.members = {report::member(settings.router.kind, report.bodies["text"])};
    return report;
}

}
