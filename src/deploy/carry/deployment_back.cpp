#include "base/printable.h"
#include "base/text.h"
#include "deploy/carry/deployment.h"
#include "deploy/policy/smoke.h"
#include "deploy/way_back.h"
#include <algorithm>
#include <fmt/format.h>

// Away from what serves: to a release that served before, or to none.
namespace fairlead::deploy {

Result<std::optional<Outcome>> Deployment::untouched(const std::string& if_current) {
    const auto state = TRY(known_state());
    const auto open = TRY(world_.store.unfinished()); // whose release may serve by now, and would be taken back
    if (is_meant(state.current, if_current) || (open && is_meant(open->deployment.plan.release, if_current)))
        return std::optional<Outcome>();
    if (const auto& where = world_.settings.environment; !world_.store.may_have_seen(if_current))
        return usage(fmt::format("'{}' was never deployed to {}, so nothing is taken back ({} serves); name a release "
                                 "that `{}` lists, or any",
                                 one_line(if_current), where, state.current.empty() ? "none" : state.current,
                                 command_for(world_.settings, "history")));
    return std::optional(Outcome{.verdict = "untouched",
                                 .reason = fmt::format("{} does not serve", if_current),
                                 .release = state.current,
                                 .previous = state.previous});
}

Result<Outcome> Deployment::rollback(const std::string& to, const std::string& reason, const std::string& if_current,
                                     const std::string& with_down) {
    const ledger::ReserveAfterwards reserve(world_.store.ledger());
    world_.store.ledger().give_up_reserve();
    TRY_VOID(mend_records());
    TRY_VOID(tidy());
    why_ = reason;
    const auto before = TRY(finish_interrupted({"rollback", nullptr, to, if_current}));
    if (before && before->last_word) return before->outcome;
    TRY_VOID(renew_state());
    if (const auto other = TRY(untouched(if_current))) return *other; // only now it is known who serves
    const auto aim = before && !before->aim.empty() ? before->aim : to;
    const auto release = TRY(rollback_target(aim));
    if (aim.empty()) TRY_VOID(check_chosen(release.id));
    if (const auto skipped = TRY(skipped_for(aim, release.id)); !skipped.empty()) progress_.warn(skipped);
    TRY_VOID(can_route("roll back"));
    TRY_VOID(check_database(release.id, with_down));
    TRY_VOID(world_.as_proven(release.id));
    TRY_VOID(place_.can_start());
    if (const auto beside = place_.check_beside(release.id); !beside.ok())
        progress_.warn(beside.error().message + "; it is started anyway");
    if (world_.settings.policy.smoke) TRY_VOID(check_smoke(world_));
    watch_.do_without_router();
    plan_down(with_down);
    auto plan = TRY(this->plan(release, false, "rollback"));
    return carry_out(std::move(plan), release);
}

Result<void> Deployment::can_route(const char* what) {
    const auto able = router_.can_route();
    if (able.ok()) return {};
    auto error = able.error();
    error.message += fmt::format("; nothing was changed: when that is fixed, {} again", what);
    return error;
}

Result<Outcome> Deployment::down(const std::string& reason) {
    const ledger::ReserveAfterwards reserve(world_.store.ledger());
    world_.store.ledger().give_up_reserve();
    TRY_VOID(mend_records());
    TRY_VOID(tidy());
    why_ = reason;
    if (const auto before = TRY(finish_interrupted({"down", nullptr, {}})); before && before->last_word)
        return before->outcome;
    TRY_VOID(place_.presume_running());
    const auto observed = TRY(observe());
    auto plan = make_down_plan(observed);
    if (!plan.already) TRY_VOID(can_route("take it down"));
    const auto release = TRY(world_.store.release(plan.release)).value_or(ReleaseInfo{.id = plan.release});
    return carry_out(std::move(plan), release);
}

// Several releases may have one version: the one that served last is meant.
Result<ReleaseInfo> Deployment::one_of_version(const std::vector<ReleaseInfo>& those,
                                               const std::string& current) const {
    std::vector<std::string> ids;
    for (const auto& info : those) ids.push_back(info.id);
    const auto history = TRY(world_.store.history());
    const auto meant = rollback_choice(history, current, ids);
    const auto found = std::find_if(those.begin(), those.end(), [&](const auto& info) { return info.id == meant; });
    if (found == those.end())
        return no(fmt::format("version {} has several releases; name the release to serve: {}", those.front().version,
                              one_of(ids)));
    progress_.say(fmt::format("version {} has several releases ({}); {} is taken, which served last", found->version,
                              one_of(ids), found->id));
    return *found;
}

namespace {

Error name_one(const std::string& fact, const std::vector<std::string>& those, const Settings& settings) {
    return no(fmt::format("{}; the releases here are {}; name the release to serve: {}", fact, join(those, ", "),
                          rollback_to_release(settings)));
}

}

Error Deployment::nothing_deployed(const std::vector<std::string>& present) const {
    const std::string fact = "nothing is deployed, so there is nothing to roll back";
    return present.empty() ? no(fact + "; this host has no release: deploy a release")
                           : name_one(fact, present, world_.settings);
}

Result<ReleaseInfo> Deployment::rollback_target(const std::string& to) {
    const auto present = TRY(place_.present());
    const auto state = TRY(known_state());
    std::vector<ReleaseInfo> infos;
    for (const auto& id : present) { // one without a record gets this one when somebody acts
        const auto info = TRY(world_.store.release(id));
        infos.push_back(info ? *info : ReleaseInfo{.id = id, .version = version_of(id)});
    }
    if (to.empty() && state.current.empty()) return nothing_deployed(present);
    // Of who is named the history says nothing, and may be damaged.
    auto wanted = to;
    if (to.empty()) wanted = TRY(release_before(world_.store, state, present));
    const auto found = std::find_if(infos.begin(), infos.end(), [&](const auto& info) { return info.id == wanted; });
    if (found != infos.end()) return *found;
    std::erase_if(infos, [&](const auto& info) { return info.version != wanted; });
    if (infos.size() > 1) std::erase_if(infos, [&](const auto& info) { return info.id == state.current; });
    if (infos.size() == 1) return infos.front();
    if (infos.size() > 1) return one_of_version(infos, state.current);
    auto others = present;
    std::erase(others, state.current);
    if (!to.empty() && !world_.store.may_have_seen(to))
        return usage(fmt::format("release '{}' was never deployed to {}; {}", one_line(to), world_.settings.environment,
                                 present.empty() ? "no release is here: deploy a release"
                                                 : "the releases here are " + join(present, ", ")));
    const auto fact = to.empty()
                          ? fmt::format("no release that served before {} can be chosen automatically", state.current)
                          : fmt::format("release '{}' is not here any more", to);
    if (others.empty()) return no(fact + "; no other release is here: deploy a release");
    return name_one(fact, others, world_.settings);
}

Result<void> Deployment::check_chosen(const std::string& release) {
    const auto whole = place_.check(release);
    if (whole.ok()) return {};
    auto others = TRY(place_.present());
    const auto state = TRY(known_state());
    std::erase_if(others, [&](const auto& id) { return id == release || id == state.current; });
    return others.empty() ? whole.error() : name_one(whole.error().message, others, world_.settings);
}

Result<std::string> Deployment::skipped_for(const std::string& to, const std::string& release) {
    const auto state = TRY(known_state());
    const auto present = TRY(place_.present());
    const auto& before = state.previous;
    if (!to.empty() || before.empty() || before == release ||
        std::find(present.begin(), present.end(), before) != present.end())
        return std::string();
    return fmt::format("release {} served before, but is not here any more; the rollback leads to {}", before, release);
}

}
