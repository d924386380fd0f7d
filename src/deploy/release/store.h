#pragma once
#include "base/result.h"
#include "deploy/carried.h"
#include "deploy/record/journal.h"
#include "deploy/record/record.h"
#include "deploy/release/release.h"
#include "ledger/ledger.h"
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// The state folder of one application in one environment: a ledger of its deployments, each with its candidate.log, and
// releases/<id>.json, sealed/<id>, carried/<id>.json.
namespace fairlead::deploy {

struct State {
    // current, previous: release ids; slot: of `current`; deployment: the one that deployed `current`
    std::string current, previous, slot, deployment;
    ledger::Anchor last; // of the history
};

// Returns the record of the serving release's deployment; null: it isn't in the history.
const Record* record_of(const History& history, const State& state);

// Returns whether `wanted` names this release, by its id or its version; an empty `wanted` fits any release.
bool is_meant(const std::string& release, const std::string& wanted);

class Store {
  public:
    explicit Store(sys::Path folder, ledger::Damaged damaged = ledger::Damaged::refused)
        : folder_(folder), ledger_(std::move(folder), domain, damaged) {}
    const ledger::Ledger& ledger() const { return ledger_; }

    Result<void> create() const; // its folders and the reserve

    // Like the ledger's functions, with the types of a deployment.
    Result<State> state() const;
    Result<void> write(const State& state) const;
    Result<History> history() const;
    Result<History> checked_history() const;
    Result<void> append(Record record) const; // masks secrets in its reason
    Result<void> begin(const std::string& deployment, const Plan& plan, std::string_view at) const;
    Result<std::optional<Journal>> unfinished() const;

    Result<std::optional<ReleaseInfo>> release(const std::string& id) const;
    Result<std::vector<std::string>> releases() const; // ids of recorded releases
    // Returns whether the release or version may have served here. True if nothing served yet, or if it is unknown.
    bool may_have_seen(const std::string& wanted) const;
    Result<void> write(const ReleaseInfo& info) const;
    Result<void> forget_release(const std::string& id) const;
    // Writes the list of a sealed release's files, sealed/<id>, and the record with the list's digest in `info.sealed`.
    Result<void> write_sealed(ReleaseInfo info, const std::vector<Entry>& entries) const;
    // Nothing: an older version of Fairlead, which wrote no lists, sealed the release. Error (no): the list was
    // changed.
    Result<std::optional<std::vector<Entry>>> sealed(const ReleaseInfo& info) const;

    // begin_to_carry(): writes the settings and variables of a start. carries(): keeps them after the release passed
    // its checks. carried(): returns them; nothing: an older version of Fairlead, which didn't keep them, deployed it.
    Result<void> begin_to_carry(const std::string& release, const Carried& carried) const;
    Result<void> carries(const std::string& release) const;
    Result<std::optional<Carried>> carried(const std::string& release) const;
    Result<void> forget_begun() const; // deletes settings and variables that were written but never kept

    // Like the ledger's, and also checks the records of releases, of holds and bad marks, and of leftover migrations.
    Result<std::vector<ledger::Damage>> damaged() const;

    Result<void> tidy() const; // the ledger, and leftovers of a killed deployment

  private:
    Result<void> check_whole(const ledger::Journal& journal) const; // error (could_not): the journal's end is missing
    Result<std::vector<ledger::Damage>> damaged_releases() const;
    Result<std::vector<ledger::Damage>> damaged_marks() const;
    sys::Path folder_;
    ledger::Ledger ledger_;
};

}
