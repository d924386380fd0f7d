#include "deploy/commands.h"
#include "base/text.h"
#include "deploy/nginx.h"
#include "deploy/show.h"
#include "sys/json.h"
#include "sys/supervise.h"
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
            actor.run_url =
                fmt::format("{}/{}/actions/runs/{}", process.get_or("GITHUB_SERVER_URL", "https://github.com"),
                            process.get_or("GITHUB_REPOSITORY", ""), *run);
        }
        return actor;
    }

    Result<sys::Lock> lock(const std::string& what, Milliseconds wait) {
        TRY_VOID(store.create());
        if (wait.count() > 0 && sys::is_locked(store.lock())) {
            progress.say(fmt::format("waiting up to {} for {}", format_duration(wait),
                                     sys::read_file(store.lock()).value_or("another process")));
        }
        return sys::Lock::take(
            store.lock(),
            fmt::format("{}, since {}, process {}", what, format_utc(sys::real_clock().now()), sys::own_pid()), wait);
    }

    const Settings& settings;
    const Variables variables;
    const Store store;
    const World world;
    const std::unique_ptr<Target> target;
    Progress progress;
    Deployment deployment;
};

Result<report::Report> show_plan(Session& session, const Plan& plan, bool check = false) {
    auto report = show(plan, session.settings);
    const auto unfinished = TRY(session.store.unfinished());
    if (unfinished)
        report.text =
            fmt::format("deployment {} was interrupted; it is finished or undone first\n", unfinished->deployment.id) +
            report.text;
    if (check && (unfinished || !plan.steps.empty())) report.verdict = report::Verdict::fail;
    return report;
}

Result<Plan> plan_of(Session& session, const ReleaseInfo& release, const Request& request, const std::string& command) {
    const auto observed = TRY(session.deployment.observe());
    const bool same = TRY(session.target->same_settings(observed.slot, release));
    return make_plan(observed, {release.id, same, request.force, command}, session.settings.strategy);
}

}

Result<report::Report> plan(const Settings& settings, const sys::Environment& process, const Request& request) {
    const auto release = TRY(read_release(settings, request.release_version, request.commit));
    Session session(settings, process, TRY(gather_variables(settings, process)));
    TRY_VOID(session.target->preflight());
    return show_plan(session, TRY(plan_of(session, release.info, request, "apply")), request.check);
}

Result<report::Report> apply(const Settings& settings, const sys::Environment& process, const Request& request) {
    if (request.dry_run) return plan(settings, process, request);
    const auto release = TRY(read_release(settings, request.release_version, request.commit));
    Session session(settings, process, TRY(gather_variables(settings, process)));
    TRY_VOID(session.target->preflight());
    const auto lock = TRY(session.lock("a deployment of " + release.info.id, request.wait_lock));
    session.progress.say(fmt::format("deploying {} to {}", release.info.id, settings.environment));
    const auto outcome = TRY(session.deployment.apply(release, request.force));
    return show(outcome, settings, session.progress.elapsed());
}

Result<report::Report> rollback(const Settings& settings, const sys::Environment& process, const Request& request) {
    Session session(settings, process, TRY(gather_variables(settings, process)));
    TRY_VOID(session.target->preflight());
    if (request.dry_run) {
        const auto release = TRY(session.deployment.rollback_target(request.to));
        return show_plan(session, TRY(plan_of(session, release, request, "rollback")));
    }
    const auto lock = TRY(session.lock("a rollback", request.wait_lock));
    const auto outcome = TRY(session.deployment.rollback(request.to, request.reason));
    return show(outcome, settings, session.progress.elapsed());
}

Result<report::Report> down(const Settings& settings, const sys::Environment& process, const Request& request) {
    Session session(settings, process, {});
    TRY_VOID(session.target->check_owner());
    if (request.dry_run) return show_plan(session, make_down_plan(TRY(session.deployment.observe())));
    const auto lock = TRY(session.lock("down", request.wait_lock));
    const auto outcome = TRY(session.deployment.down(request.reason));
    return show(outcome, settings, session.progress.elapsed());
}

Result<report::Report> status(const Settings& settings, const sys::Environment& process, const Request& request) {
    Session session(settings, process, {});
    Status seen{.state = TRY(session.store.state()), .observed = TRY(session.deployment.observe())};
    if (const auto unfinished = TRY(session.store.unfinished())) seen.unfinished = unfinished->deployment.id;
    if (sys::is_locked(session.store.lock())) seen.lock_holder = sys::read_file(session.store.lock()).value_or("");
    auto report = show(seen, settings);
    if (request.check && !report.findings.empty()) report.verdict = report::Verdict::fail;
    return report;
}

Result<report::Report> history(const Settings& settings, const Request& request) {
    return show(TRY(Store(settings.state).history()), request.count);
}

Result<report::Report> router(const Settings& settings) {
    report::Report report{.tool = "deploy", .environment = settings.environment};
    report.bodies["text"] = report.bodies["github"] = TRY(render_nginx(settings));
    report.members = {{"nginx", sys::dump_json(sys::Json(report.bodies["text"]))}};
    return report;
}

}
