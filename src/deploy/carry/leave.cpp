#include "deploy/carry/leave.h"
#include "deploy/policy/bad.h"
#include "deploy/policy/hold.h"
#include "deploy/policy/newer.h"
#include <fmt/format.h>

namespace fairlead::deploy {

namespace {

std::string plain_commit(const std::string& commit) { return commit.substr(0, commit.find('-')); } // without -dirty

// Why it is superseded; empty: it is not.
Result<std::string> superseded(const World& world, ledger::Progress& progress, const ReleaseInfo& release,
                               const std::string& current, const LeaveAsked& asked) {
    if (asked.if_newer == "false" || (asked.if_newer == "auto" && !asked.in_ci)) return std::string();
    const auto serving = TRY(world.store.release(current));
    if (!serving) return std::string();
    const auto age = age_of(plain_commit(release.commit), plain_commit(serving->commit), world.settings.env_folder);
    if (!age.ok() && asked.if_newer == "auto") {
        progress.warn(age.error().message);
        return std::string();
    }
    if (!age.ok()) return age.error();
    if (age.value() != Age::older) return std::string();
    return fmt::format("commit {} is older than {}, which serves; to deploy it anyway, say --if-newer false",
                       release.commit.substr(0, 12), serving->commit.substr(0, 12));
}

}

Result<void> check_open(const Settings& settings, const sys::Path& ledger, SystemTime now) {
    TRY_VOID(check_hold(ledger, settings.environment));
    const auto closed = settings.policy.windows.closed(now);
    return closed.empty() ? Result<void>() : no(closed + "; wait, or change it there");
}

Result<std::optional<Outcome>> refused(const World& world, ledger::Progress& progress, const ReleaseInfo& release,
                                       const LeaveAsked& asked) {
    const auto& settings = world.settings;
    const auto& folder = world.store.ledger().folder();
    const auto state = TRY(world.store.state());
    const auto no_leave = [&](const char* verdict, std::string why) {
        return std::optional(
            Outcome{.verdict = verdict, .reason = std::move(why), .release = release.id, .previous = state.current});
    };
    const auto open = check_open(settings, folder, world.clock.now());
    if (!open.ok() && open.error().kind != Kind::no) return open.error();
    if (!open.ok()) return no_leave("refused", open.error().message);
    if (!asked.retry_bad && release.id != state.current) {
        const auto marked = check_bad(folder, release.id, release.digest);
        if (!marked.ok() && marked.error().kind != Kind::no) return marked.error();
        if (!marked.ok()) return no_leave("refused", marked.error().message);
    }
    const auto older = TRY(superseded(world, progress, release, state.current, asked));
    if (!older.empty()) return no_leave("superseded", older);
    return std::optional<Outcome>();
}

}
