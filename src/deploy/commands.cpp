#include "deploy/commands.h"
#include "base/credentials.h"
#include "base/text.h"
#include "deploy/direct/nginx.h"
#include "deploy/direct/user.h"
#include "deploy/layout.h"
#include "deploy/probe.h"
#include "deploy/promotion.h"
#include "deploy/release/places.h"
#include "deploy/show.h"
#include "sys/data/json.h"
#include "sys/process/supervise.h"
#include <fmt/format.h>

namespace fairlead::deploy {

namespace {

// Everything that a command works with; kept in one place because it refers to itself.
struct Session {
    Session(const Settings& settings_, const sys::Environment& process, Variables variables_)
        : settings(settings_), variables(std::move(variables_)),
          store(settings.state), world{settings, variables, store, process, sys::real_http(), sys::real_clock()},
          target(find_target(settings.target)->make(world)), progress(sys::real_clock()),
          deployment(world, *target, progress, actor_of(process)) {}
    Session(const Session&) = delete;

    static Actor actor_of(const sys::Environment& process) {
        Actor actor{process.get_or("GITHUB_ACTOR",
                                   process.get_or("GITLAB_USER_LOGIN",
                                                  process.get_or("USER", process.get_or("LOGNAME", "unknown")))),
                    "human", ""};
        if (sys::detect_platform(process) != sys::Platform::terminal) actor.kind = "ci";
        if (const auto run = process.get("GITHUB_RUN_ID")) {
            actor.run_url = hide_credentials(fmt::format("{}/{}/actions/runs/{}",
                                                         process.get_or("GITHUB_SERVER_URL", "https://github.com"),
                                                         process.get_or("GITHUB_REPOSITORY", ""), *run));
        }
        return actor;
    }

    Result<sys::Lock> lock(const std::string& what, Milliseconds wait) {
        TRY_VOID(store.create());
        return store.ledger().take_lock(what, wait, sys::real_clock(), progress);
    }

    const Settings& settings;
    const Variables variables;
    const Store store;
    const World world;
    const std::unique_ptr<Target> target;
    ledger::Progress progress;
    Deployment deployment;
};

Result<report::Report> show_plan(Session& session, const Plan& plan, bool check = false) {
    auto report = show(plan, session.settings);
    const auto unfinished = TRY(session.store.unfinished());
    if (unfinished)
        report.text =
            fmt::format("deployment {} was interrupted; it is finished or undone first\n", unfinished->deployment.id) +
            report.text;
    if (!session.settings.env_from.empty() && plan.command != "down") {
        const auto reason = fmt::format("a plan doesn't run '{}', so what it would print is taken to be as in what "
                                        "serves",
                                        session.settings.env_from.front());
        report.skipped.push_back({"env.from", reason});
        report.text += fmt::format("env.from: {}\n", reason);
    }
    if (check && (unfinished || !plan.steps.empty())) report.verdict = report::Verdict::fail;
    return report;
}

Result<Release> read_wanted(const Settings& settings, const Request& request) {
    TRY_VOID(check_promotion_asked(settings, request.promote_from)); // before a large release is read for nothing
    auto release = TRY(read_release(settings, request.release_version, request.commit));
    TRY_VOID(check_promotion(settings, request.promote_from, release.info));
    return release;
}

Result<Variables> variables_of_plan(const Settings& settings, const sys::Environment& process) {
    const auto state = TRY(Store(settings.state).state());
    return known_variables(settings, process, Layout{settings.root}.env(state.slot));
}

Result<Plan> plan_of(Session& session, const ReleaseInfo& release, const Request& request, const std::string& command) {
    const auto observed = TRY(session.deployment.observe());
    const bool same = TRY(session.target->same_settings(observed.slot, release));
    return make_plan(observed, {release.id, same, request.force, command}, session.settings.strategy);
}

Result<void> confirm_rollback(Session& session, const Request& request) {
    if (request.to.empty()) return {};
    const auto wanted = TRY(session.deployment.rollback_target(request.to));
    const auto usual = session.deployment.rollback_target("");
    if (usual.ok() && usual->id == wanted.id) return {};
    return request.confirm(fmt::format("puts {} live, which is not the release before the current one", wanted.id));
}

}

Result<report::Report> plan(const Settings& settings, const sys::Environment& process, const Request& request) {
    const auto release = TRY(read_wanted(settings, request));
    auto variables = TRY(variables_of_plan(settings, process));
    Session session(settings, process, std::move(variables));
    TRY_VOID(session.target->preflight());
    const auto planned = TRY(plan_of(session, release.info, request, "apply"));
    return show_plan(session, planned, request.check);
}

Result<report::Report> apply(const Settings& settings, const sys::Environment& process, const Request& request) {
    if (request.dry_run) return plan(settings, process, request);
    const auto release = TRY(read_wanted(settings, request));
    if (request.force) TRY_VOID(request.confirm(fmt::format("deploys {} by force, whatever serves", release.info.id)));
    auto variables = TRY(gather_variables(settings, process));
    Session session(settings, process, std::move(variables));
    TRY_VOID(session.target->preflight());
    const auto lock = TRY(session.lock("a deployment of " + release.info.id, request.wait_lock));
    if (const auto warning = warning_of_root(settings); !warning.empty()) session.progress.warn(warning);
    session.progress.say(fmt::format("deploying {} to {}", release.info.id, settings.environment));
    const auto outcome = TRY(session.deployment.apply(release, request.force));
    return show(outcome, settings, session.progress.elapsed());
}

Result<report::Report> rollback(const Settings& settings, const sys::Environment& process, const Request& request) {
    auto variables = TRY(request.dry_run ? variables_of_plan(settings, process) : gather_variables(settings, process));
    Session session(settings, process, std::move(variables));
    TRY_VOID(session.target->preflight());
    TRY_VOID(confirm_rollback(session, request));
    if (request.dry_run) {
        if (const auto other = TRY(session.deployment.untouched(request.if_current)))
            return show(*other, settings, session.progress.elapsed());
        const auto release = TRY(session.deployment.rollback_target(request.to));
        const auto planned = TRY(plan_of(session, release, request, "rollback"));
        return show_plan(session, planned);
    }
    const auto lock = TRY(session.lock("a rollback", request.wait_lock));
    const auto outcome = TRY(session.deployment.rollback(request.to, request.reason, request.if_current));
    return show(outcome, settings, session.progress.elapsed());
}

Result<report::Report> down(const Settings& settings, const sys::Environment& process, const Request& request) {
    Session session(settings, process, {});
    TRY_VOID(session.target->check_owner());
    TRY_VOID(request.confirm(fmt::format("stops {}", settings.app)));
    if (request.dry_run) {
        const auto observed = TRY(session.deployment.observe());
        return show_plan(session, make_down_plan(observed));
    }
    const auto lock = TRY(session.lock("down", request.wait_lock));
    const auto outcome = TRY(session.deployment.down(request.reason));
    return show(outcome, settings, session.progress.elapsed());
}

// The way that the users come: all may be as recorded while nobody reaches it.
std::string router_problem(Session& session, const Settings& settings, const Status& seen) {
    if (seen.state.current.empty() || !seen.unfinished.empty()) return {};
    const auto release = session.store.release(seen.state.current);
    if (!release.ok() || !release.value()) return {};
    const auto answer = session.target->ask_router();
    return answer.ok() ? judge(answer.value(), settings.health, *release.value()).problem : answer.error().message;
}

Result<report::Report> status(const Settings& settings, const sys::Environment& process, const Request& request) {
    Session session(settings, process, {});
    Status seen;
    if (sys::is_root()) TRY_VOID(check_places(settings, Layout{settings.root})); // others only look at what they may
    seen.state = TRY(session.store.state());
    seen.observed = TRY(session.deployment.observe());
    if (const auto unfinished = TRY(session.store.unfinished())) seen.unfinished = unfinished->deployment.id;
    seen.lock_holder = session.store.ledger().lock_holder().value_or("");
    seen.router_problem = router_problem(session, settings, seen);
    if (request.check && !seen.state.current.empty() && seen.unfinished.empty()) {
        const auto drift = session.target->drift(seen.state.current);
        seen.drift = drift.ok() ? drift.value() : drift.error().message;
    }
    if (request.check) {
        const auto history = session.store.checked_history();
        seen.broken = history.ok() ? history->broken : std::vector<std::string>{history.error().message};
    }
    auto report = show(seen, settings);
    if (const auto release = session.store.release(seen.state.current); release.ok() && release.value())
        report.members.push_back(report::member("release_commit", release.value()->commit));
    report.looked = report::Looked::at_all;
    if (!request.check || report.findings.empty()) return report;
    report.verdict = report::Verdict::fail;
    for (auto& finding : report.findings) finding.severity = report::Severity::error;
    return report;
}

Result<report::Report> history(const Settings& settings, const Request& request) {
    const Store store(settings.state);
    if (request.export_to.empty()) {
        const auto records = TRY(store.checked_history());
        return show(records, request.count);
    }
    const auto proof = TRY(prove(settings, store));
    TRY_VOID(write_proof(proof, request.export_to));
    return show(proof, request.export_to);
}

Result<report::Report> router(const Settings& settings) {
    report::Report report{.tool = "deploy", .environment = settings.environment};
    report.bodies["text"] = report.bodies["github"] = TRY(render_nginx(settings));
    report.members = {report::member("nginx", report.bodies["text"])};
    return report;
}

}
