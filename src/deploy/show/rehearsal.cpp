#include "deploy/show/rehearsal.h"
#include "deploy/address.h"
#include "deploy/policy/smoke.h"
#include "deploy/probe.h"
#include "deploy/way_back.h"
#include "ledger/files.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::deploy {

namespace {

// A start or a garbage collection takes moments: one look more is no alarm less.
constexpr int most_looks = 3;
constexpr Milliseconds between_looks{200};

// Empty: it is well.
Result<std::string> problem_of(Session& session, const Instance& instance, const ReleaseInfo& release) {
    const auto seen = TRY(session.place->process(instance));
    if (!seen.running) return std::string("does not run");
    if (!instance.serves()) return std::string();
    const auto answer = TRY(session.place->ask(instance, session.settings.health.timeout));
    const auto judgement = judge(answer, session.settings.health, release);
    return judgement.good ? std::string() : fmt::format("{} at its own address", judgement.problem);
}

// Empty: each port that the release would listen on is free, or ours.
Result<std::string> port_taken(Session& session, const Observed& observed, const ReleaseInfo& release) {
    if (!session.place->by_tcp() || observed.router_trouble) return std::string();
    const auto plan = TRY(session.deployment.plan(observed, release, false, "rollback"));
    for (const auto& instance : plan.starts) {
        const auto seen = observed.seen.find(instance);
        const bool is_ours = seen != observed.seen.end() && seen->second.running;
        if (is_ours || !TRY(session.place->listens(instance))) continue;
        const auto address = TRY(session.place->address(instance));
        return fmt::format("{} of {} is in use by {}; stop that program", address, name_of(instance),
                           listener_at(address));
    }
    return std::string();
}

}

Result<std::vector<std::string>> missing(Session& session, const Observed& observed, const State& state) {
    std::vector<std::string> found;
    if (session.place->serves_at_once()) return found; // it has one address, the users'
    TRY_VOID(session.wear(state.current));             // asked as it was proven
    const auto release = TRY(session.store.release(state.current))
                             .value_or(ReleaseInfo{.id = state.current, .version = version_of(state.current)});
    for (const auto& [instance, seen] : observed.seen) {
        if (instance.slot != state.slot || seen.release != state.current) continue;
        std::string problem;
        for (int look = 1; look <= most_looks; ++look) {
            problem = TRY(problem_of(session, instance, release));
            if (problem.empty() || look == most_looks || !session.world.clock.sleep(between_looks)) break;
        }
        if (!problem.empty()) found.push_back(fmt::format("{} of {} {}", name_of(instance), state.current, problem));
    }
    TRY_VOID(session.wear(""));
    return found;
}

namespace {

// Releases are here besides the one that serves, and no record tells which of them served before.
Result<bool> history_is_lost(Session& session, const Observed& observed) {
    const auto present = TRY(session.place->present());
    const auto history = TRY(session.store.history());
    const bool is_told = std::any_of(history.records.begin(), history.records.end(),
                                     [&](const Record& record) { return record.release == observed.current; });
    return !is_told && present.size() > 1;
}

}

Result<std::vector<std::string>> no_way_back(Session& session, const Observed& observed, const std::string& before) {
    const auto target = session.deployment.rollback_target("");
    if (!target.ok()) { // somebody rolled back from it, which is no alarm; or it is not what it was; or who knows
        const auto previous = before.empty() ? Result<void>() : session.place->check(before);
        if (!previous.ok()) return std::vector{fmt::format("nothing to roll back to: {}", previous.error().message)};
        return TRY(history_is_lost(session, observed)) ? std::vector{target.error().message}
                                                       : std::vector<std::string>();
    }
    const auto& id = target->id;
    std::vector<std::string> found;
    // It goes as far back as it must for a release that is here: whether `before` would be it, were it here.
    const State known{.current = observed.current, .previous = observed.previous};
    const auto nearest = TRY(release_before(session.store, known, {before, id}));
    const bool is_skipped = id != before && !before.empty() && nearest == before;
    const auto kept = is_skipped ? session.place->check(before) : Result<void>();
    if (!kept.ok())
        found.push_back(fmt::format("a rollback would skip a release and lead to {}: {}", id, kept.error().message));
    const auto hold = [&](const std::string& what, const Result<void>& good) {
        if (!good.ok()) found.push_back(fmt::format("{}: {}", what, ledger::told_with_place(good.error())));
    };
    if (const auto carried = session.store.carried(id); !carried.ok())
        found.push_back(fmt::format("a rollback to {} would use today's settings and variables: {}", id,
                                    ledger::told_with_place(carried.error())));
    hold("a rollback could not write its records", session.store.ledger().can_act());
    hold(fmt::format("a rollback to {} could not start it", id), session.deployment.check_chosen(id));
    hold("a rollback would not start the release as it served", session.place->check_beside(id));
    TRY_VOID(session.wear(id));
    hold(fmt::format("a rollback to {} could not start it", id), session.place->can_start());
    if (const auto taken = TRY(port_taken(session, observed, target.value())); !taken.empty())
        found.push_back(fmt::format("a rollback to {} could not start it: {}", id, taken));
    hold(fmt::format("a rollback to {} would be refused", id), session.deployment.check_database(id, ""));
    if (session.settings.policy.smoke) hold("a rollback could not run its checks", check_smoke(session.world));
    if (!observed.router_trouble) hold("a rollback could not switch the router", session.router->can_route());
    TRY_VOID(session.wear(""));
    return found;
}

}
