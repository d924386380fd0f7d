#include "base/text.h"
#include "deploy/carry/deployment.h"
#include "deploy/policy/contract_left.h"
#include "deploy/policy/migrate.h"
#include "sys/data/json.h"
#include "sys/files/files.h"
#include <algorithm>
#include <fmt/format.h>

// Database migrations around the switch. What ran is kept with the deployment before it runs, so that a deployer that
// was killed in between leaves no migration that nobody knows of.
namespace fairlead::deploy {

namespace {
constexpr const char* kept_name = "migrations.json";
}

Result<void> Deployment::keep_migrations() {
    return world_.store.ledger().keep(now_.outcome.deployment, kept_name,
                                      sys::dump_json(to_json(now_.migrations), 1) + "\n");
}

// Of an interrupted deployment.
Migrations Deployment::kept_migrations(const std::string& deployment) const {
    const auto& folder = world_.store.ledger().folder();
    const auto text = sys::read_file(folder / "deployments" / deployment / kept_name, 1u << 20);
    const auto object = sys::parse_json(text.ok() ? text.value() : "{}", kept_name);
    return object.ok() ? migrations_from(object.value()) : Migrations();
}

Result<void> Deployment::run_phase(const ReleaseInfo& release, Phase phase, std::vector<std::string> Migrations::*ran) {
    const Migrate tool(world_, release, place_.folder(release.id));
    const auto before = TRY(tool.pending(phase));
    auto& versions = now_.migrations.*ran;
    for (const auto& version : before)
        if (std::find(versions.begin(), versions.end(), version) == versions.end()) versions.push_back(version);
    TRY_VOID(keep_migrations());
    if (!before.empty()) progress_.say(fmt::format("migrations ({}): {}", name_of(phase), join(before, " ")));
    // Without a pending one it still looks whether the files are those that were applied.
    const auto done = before.empty() && phase == Phase::contract ? Result<void>() : tool.up(phase, before);
    if (!done.ok()) {
        const auto after = tool.pending(phase); // where nobody can tell, each of them may have run
        if (after.ok())
            std::erase_if(versions, [&](const auto& one) {
                return std::find(after->begin(), after->end(), one) != after->end();
            });
        TRY_VOID(keep_migrations());
    }
    return done;
}

// It died while they ran: those that are still pending did not.
void Deployment::drop_pending(const ReleaseInfo& release) {
    const auto pending = Migrate(world_, release, place_.folder(release.id)).pending(Phase::expand);
    if (!pending.ok()) return;
    std::erase_if(now_.migrations.expand,
                  [&](const auto& one) { return std::find(pending->begin(), pending->end(), one) != pending->end(); });
}

Result<void> Deployment::expand() { return run_phase(now_.release, Phase::expand, &Migrations::expand); }

Result<void> Deployment::revert(const Step& step) {
    const auto serving =
        TRY(world_.store.release(now_.plan.old_release)).value_or(ReleaseInfo{.id = now_.plan.old_release});
    now_.migrations.down_to = step.what;
    TRY_VOID(keep_migrations());
    progress_.say(fmt::format("migrations: down to {}", step.what));
    return Migrate(world_, serving, place_.folder(serving.id)).down(step.what);
}

// Nobody waits for it: what serves is well, and what it does is never undone. What fails is left for the next run.
Result<void> Deployment::contract(const Step& step) {
    const auto& folder = world_.store.ledger().folder();
    const bool of_before = step.what != now_.release.id;
    const auto release =
        of_before ? TRY(world_.store.release(step.what)).value_or(ReleaseInfo{.id = step.what}) : now_.release;
    if (of_before) now_.migrations.left_of = release.id;
    const bool past = !of_before && !now_.plan.already; // else a signal takes the deployment back
    const bool stays = now_.outcome.left_running || (past ? hurry() : watch_.interrupted());
    const auto done = stays
                          ? Result<void>(could_not("interrupted"))
                          : run_phase(release, Phase::contract, of_before ? &Migrations::left : &Migrations::contract);
    now_.outcome.contract = done.ok() ? "" : done.error().message;
    if (!done.ok()) progress_.warn(fmt::format("{}; the next run does it", now_.outcome.contract));
    if (done.ok() && !of_before) {
        now_.migrations.contracted = true;
        TRY_VOID(keep_migrations());
    }
    if (!now_.plan.already) return {}; // commit tells
    TRY_VOID(done.ok() ? remove_contract_left(folder)
                       : write_contract_left(folder, {release.id, now_.outcome.contract}));
    if (now_.migrations.contract.empty()) return {};
    auto record = this->record();
    record.command = "contract";
    record.verdict = done.ok() ? "contracted" : "failed";
    record.reason = now_.outcome.contract;
    return world_.store.append(record);
}

Result<void> Deployment::tell_what_is_left() {
    const auto& folder = world_.store.ledger().folder();
    const bool left = world_.settings.migrate && now_.plan.command == "apply" && !now_.migrations.contracted;
    return left ? write_contract_left(folder, {now_.release.id, now_.outcome.contract}) : remove_contract_left(folder);
}

}
