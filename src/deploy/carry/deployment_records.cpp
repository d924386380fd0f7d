#include "base/version.h"
#include "deploy/carry/deployment.h"
#include "deploy/policy/bad.h"
#include "deploy/way_back.h"
#include "ledger/files.h"
#include "sys/process/process.h"
#include <algorithm>
#include <fmt/format.h>

// What a deployment does about records that somebody or a disk damaged: before anything is touched.
namespace fairlead::deploy {

Result<Records> Deployment::records() {
    Records records;
    records.damaged = TRY(world_.store.damaged());
    for (auto& one : TRY(place_.damaged())) records.damaged.push_back(std::move(one));
    auto history = world_.store.checked_history();
    if (history.ok()) records.broken = std::move(history->broken); // else it is among the damaged
    return records;
}

namespace {

// A state or a whole folder of records that somebody put back: what serves was deployed after the history's end, or is
// its newest deployment.
bool is_older(const State& state, const History& history, const std::string& serving) {
    const auto& records = history.records;
    const auto newest = std::find_if(records.rbegin(), records.rend(),
                                     [](const Record& record) { return record.verdict == "deployed"; });
    if (newest == records.rend()) return false;
    const bool is_told =
        std::any_of(records.begin(), records.end(), [&](const Record& record) { return record.release == serving; });
    return newest->release == (is_told ? serving : state.current);
}

}

Result<State> Deployment::state_by(const Observed& observed) {
    auto state = TRY(world_.store.state());
    const auto slot = observed.routed_slot();
    const auto serving = observed.release(slot);
    if (state.current == serving || !observed.stays(slot) || serving.empty()) return state;
    if (TRY(world_.store.unfinished())) return state; // it tells what was going on
    const auto history = TRY(world_.store.history());
    if (!state.current.empty() && (place_.serves_at_once() || !is_older(state, history, serving))) return state;
    state = {.current = serving, .previous = state.current, .slot = slot};
    const auto came = std::find_if(history.records.rbegin(), history.records.rend(), [&](const Record& record) {
        return record.release == serving && record.verdict == "deployed";
    });
    if (came != history.records.rend()) {
        state.previous = came->previous;
        state.deployment = came->deployment;
    }
    if (!history.links.empty()) state.last = {history.links.back().id, history.last_sha256};
    return state;
}

Result<State> Deployment::known_state() {
    if (!world_.store.ledger().passes_over()) return world_.store.state();
    const auto observed = TRY(look());
    return state_by(observed);
}

Result<void> Deployment::renew_state() {
    const auto recorded = TRY(world_.store.state());
    const auto observed = TRY(look());
    const auto state = TRY(state_by(observed));
    if (recorded.current.empty() || state.current == recorded.current) return {};
    TRY_VOID(place_.record_again());
    progress_.warn(fmt::format("the records say that {} serves, but slot {} serves {}, which is newer; the state is "
                               "written again",
                               recorded.current, state.slot, state.current));
    return world_.store.write(state);
}

Result<void> Deployment::mend_records() {
    const auto& store = world_.store;
    const auto tell = [&](const std::string& what) {
        if (told_.insert(what).second) progress_.warn(what);
    };
    const auto found = TRY(records()).damaged;
    for (const auto& one : found) {
        const auto mended = TRY(store.ledger().mend(one));
        tell(mended);
        const bool is_mark = one.file.parent_path() == store.ledger().folder() / "bad";
        if (one.guides && unsure_.empty()) unsure_ = ledger::told_with_place(one.what);
        if (!is_mark || one.cure != ledger::Damage::Cure::aside) continue;
        const auto marked =
            mark_bad(store.ledger().folder(), one.file.stem().string(), // its name is the digest of its release
                     {.release = {}, .deployment = {}, .reason = "its mark was damaged", .since = now()});
        if (!marked.ok()) tell(marked.error().message);
    }
    const auto history = TRY(store.checked_history());
    const auto file = store.ledger().folder() / "history.jsonl";
    for (const auto& problem : history.broken) {
        const auto what = fmt::format("{}: the history was changed by hand: {}", file.string(), problem);
        tell(what);
        if (unsure_.empty()) unsure_ = what;
    }
    if (TRY(store.unfinished())) return {}; // it tells what was going on
    auto state = TRY(store.state());
    const auto before = state.last.id;
    bool lost = false;
    if (state.current.empty()) {
        const auto observed = TRY(observe());
        state = TRY(state_by(observed));
        lost = !state.current.empty();
    }
    if (lost || !found.empty()) TRY_VOID(place_.record_again());
    if (lost)
        tell(fmt::format("the state was lost: slot {} serves {}, and the state is written again", state.slot,
                         state.current));
    else if (state.last.id.empty() && !history.links.empty()) // nothing serves
        state.last = {history.links.back().id, history.last_sha256};
    const bool untold = !state.current.empty() && history.links.empty() && state.last.id.empty();
    if (lost || state.last.id != before) TRY_VOID(store.write(state));
    return untold ? store.append(begun_anew(state)) : Result<void>(); // else it would be told as taken away
}

Record Deployment::begun_anew(const State& state) const {
    const auto at = now();
    return {.deployment = world_.store.ledger().new_id(world_.clock),
            .app = world_.settings.app,
            .environment = world_.settings.environment,
            .target = world_.settings.target,
            .command = "rebuild",
            .actor = actor_.name,
            .actor_kind = actor_.kind,
            .run_url = actor_.run_url,
            .host = sys::host_name(),
            .started = at,
            .finished = at,
            .verdict = "noted",
            // No release: how it came here nobody knows, and what the history names may be pruned.
            .reason = fmt::format("the history was lost; it begins here, while {} serves", state.current),
            .tool_version = std::string(version())};
}

Result<void> Deployment::tidy() {
    if (unsure_.empty()) return world_.store.tidy();
    return {};
}

Result<void> Deployment::prune() {
    if (!unsure_.empty()) {
        progress_.warn(fmt::format("no release is deleted: {}; run `{}` to see more, or add --sign-off REASON to it "
                                   "to accept a changed history",
                                   unsure_, command_for(world_.settings, "history")));
        return {};
    }
    const auto state = TRY(world_.store.state());
    const auto history = TRY(world_.store.history());
    const auto present = TRY(place_.present());
    const auto bad = TRY(marked_bad(world_.store, present));
    auto kept = kept_releases(history, state.current, state.previous, world_.settings.retain, bad);
    auto before = TRY(release_before(world_.store, state, present));
    kept.push_back(std::move(before));
    for (const auto& id : TRY(world_.store.releases())) {
        const auto is_its = [&](const Record& record) { return record.release == id; };
        if (std::any_of(history.records.begin(), history.records.end(), is_its)) continue;
        kept.push_back(id); // nothing goes because a list doesn't name it
        progress_.still(fmt::format("{} is kept: the history doesn't name it", id));
    }
    TRY_VOID(place_.prune(kept));
    return world_.store.tidy();
}

}
