#pragma once
#include "base/result.h"
#include "deploy/carried.h"
#include "deploy/journal.h"
#include "deploy/record.h"
#include "deploy/release/release.h"
#include "ledger/ledger.h"
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// The state folder of one application in one environment: a ledger of its deployments, which keep a candidate.log
// there, and releases/<id>.json, sealed/<id>, carried/<id>.json.
namespace fairlead::deploy {

struct State {
    std::string current, previous, slot, deployment; // release ids; the slot of `current`; what put it there
    ledger::Anchor last;                             // of the history
};

// How the release that serves came there; null: the history doesn't tell.
const Record* record_of(const History& history, const State& state);

// `wanted` is a release or its version; empty: any.
bool is_meant(const std::string& release, const std::string& wanted);

class Store {
  public:
    explicit Store(sys::Path folder, ledger::Damaged damaged = ledger::Damaged::refused)
        : folder_(folder), ledger_(std::move(folder), domain, damaged) {}
    const ledger::Ledger& ledger() const { return ledger_; }

    Result<void> create() const; // its folders and the reserve

    // As the ledger's, in the words of a deployment.
    Result<State> state() const;
    Result<void> write(const State& state) const;
    Result<History> history() const;
    Result<History> checked_history() const;
    Result<void> append(Record record) const; // secrets in its reason are masked
    Result<void> begin(const std::string& deployment, const Plan& plan, std::string_view at) const;
    Result<std::optional<Journal>> unfinished() const;

    Result<std::optional<ReleaseInfo>> release(const std::string& id) const;
    Result<std::vector<std::string>> releases() const; // ids, recorded
    // Whether what is meant was ever to serve here. Where nothing was, or nobody can tell, it may have been.
    bool may_have_seen(const std::string& wanted) const;
    Result<void> write(const ReleaseInfo& info) const;
    Result<void> forget_release(const std::string& id) const;
    // The list of what a release was sealed with, sealed/<id>; `info.sealed` becomes its digest, and both are written.
    Result<void> write_sealed(ReleaseInfo info, const std::vector<Entry>& entries) const;
    // Nothing: it was sealed before lists were kept. Error (no): the list is not the one that was written.
    Result<std::optional<std::vector<Entry>>> sealed(const ReleaseInfo& info) const;

    // What it is started with now; what of it is kept once it has proven itself; what it was proven with. Nothing:
    // before that was kept.
    Result<void> begin_to_carry(const std::string& release, const Carried& carried) const;
    Result<void> carries(const std::string& release) const;
    Result<std::optional<Carried>> carried(const std::string& release) const;
    Result<void> forget_begun() const; // of those that were not

    // As the ledger's; records of releases, of what keeps deployments away and of what is left to do, too.
    Result<std::vector<ledger::Damage>> damaged() const;

    Result<void> tidy() const; // the ledger, and what a killed deployer left beside it

  private:
    Result<void> check_whole(const ledger::Journal& journal) const; // error (could_not): it was cut off
    Result<std::vector<ledger::Damage>> damaged_releases() const;
    Result<std::vector<ledger::Damage>> damaged_marks() const;
    sys::Path folder_;
    ledger::Ledger ledger_;
};

}
