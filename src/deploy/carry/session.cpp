#include "deploy/carry/session.h"
#include "base/secrets/credentials.h"
#include "deploy/decide/strategies.h"
#include "deploy/policy/hooks.h"
#include "deploy/policy/migrate.h"
#include "deploy/policy/smoke.h"
#include "ledger/files.h"
#include "sys/account.h"
#include "sys/process/process.h"
#include <fmt/format.h>

namespace fairlead::deploy {

namespace {

// That place, router and strategy go together; error (usage) with what else to write.
Result<void> check_fit(const Settings& settings, Place& place, Router& router) {
    const auto features = router.features();
    const auto& kind = settings.router.kind;
    const bool tcp = place.by_tcp();
    if (tcp ? !features.tcp : !features.sockets)
        return usage(fmt::format(
            "router {} can't reach a {} with these settings, and the application listens only there; write {}", kind,
            tcp ? "port" : "unix socket",
            tcp ? "router: {kind: nginx, mode: include} or router: {kind: haproxy}" : "router: {kind: nginx}"));
    const bool several = serving(place.instances("a")).size() > 1;
    if ((find_strategy(settings.strategy)->weights || several) && !features.weights)
        return usage(fmt::format("{} needs a router that spreads requests, which router {} can't do with these "
                                 "settings; write router: {{kind: nginx, mode: socket}} or router: {{kind: haproxy}}",
                                 several ? "more than one replica" : "strategy " + settings.strategy, kind));
    return {};
}

}

Session::Session(const Settings& today_, const sys::Environment& process, Variables variables_, bool only_looks,
                 ledger::Damaged damaged)
    : today(today_), todays(std::move(variables_)), settings(today), variables(todays),
      store(settings.state, damaged), world{.settings = settings,
                                            .variables = variables,
                                            .store = store,
                                            .process = process,
                                            .http = sys::real_http(),
                                            .clock = sys::real_clock(),
                                            .wear = [this](const std::string& release) { return wear(release); },
                                            .only_looks = only_looks},
      place(find_place(settings.target)->make(world)), router(find_router(settings.router.kind)->make(world)),
      progress(sys::real_clock()), deployment(world, *place, *router, progress, actor_of(process)) {}

Result<sys::Lock> Session::lock(const std::string& what, Milliseconds wait) {
    TRY_VOID(store.create());
    return store.ledger().take_lock(what, wait, sys::real_clock(), progress);
}

Result<void> Session::preflight() {
    TRY_VOID(check_fit(settings, *place, *router));
    TRY_VOID(place->preflight());
    TRY_VOID(check_hooks(world));
    if (settings.policy.smoke) TRY_VOID(check_smoke(world));
    if (settings.migrate) TRY_VOID(check_migrate(world));
    const auto& log = settings.router.log;
    if (settings.strategy == "canary" && !log.empty() && sys::inspect(log).type == sys::FileType::absent)
        return could_not(fmt::format(
            "router.log '{}', by which a canary is judged, is not there; if the router doesn't have Fairlead's "
            "configuration yet, install it (fairlead-deploy router --install FILE) and reload the router; "
            "otherwise let it open its logs again (nginx -s reopen)",
            log));
    return router->check();
}

Result<void> Session::wear(const std::string& release) {
    settings = today;
    variables = todays;
    if (release.empty()) return {};
    const auto carried = store.carried(release);
    if (!carried.ok() && !looks()) // else it is among what is found
        progress.warn(
            fmt::format("{}; {} is started with today's settings", ledger::told_with_place(carried.error()), release));
    if (carried.ok() && carried.value()) {
        settings = with_own(today, carried.value()->settings);
        variables = carried.value()->variables;
    } else if (find_todays) {
        todays = TRY(find_todays());
        variables = todays;
    }
    return {};
}

std::string warnings_of(Place& place) {
    std::string text;
    for (const auto& one : place.warnings()) text += fmt::format("note      {}\n", one);
    return text;
}

Actor actor_of(const sys::Environment& process) {
    Actor actor{sys::own_user_name(), "human", ""};
    if (sys::is_root()) actor.name = process.get_or("SUDO_USER", actor.name);
    if (sys::detect_platform(process) != sys::Platform::terminal)
        actor = {process.get_or("GITHUB_ACTOR", process.get_or("GITLAB_USER_LOGIN", actor.name)), "ci", ""};
    if (const auto run = process.get("GITHUB_RUN_ID")) {
        actor.run_url = hide_credentials(fmt::format("{}/{}/actions/runs/{}",
                                                     process.get_or("GITHUB_SERVER_URL", "https://github.com"),
                                                     process.get_or("GITHUB_REPOSITORY", ""), *run));
    }
    return actor;
}

}
