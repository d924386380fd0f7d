#pragma once
#include "base/result.h"
#include "deploy/journal.h"
#include "deploy/record.h"
#include "deploy/release/release.h"
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// The state folder of one application in one environment: lock, state.json, history.jsonl, reserve, releases/<id>.json,
// sealed/<id>, deployments/<id>/{plan.json, journal.jsonl, candidate.log}. Everything is 0640 in folders of 0750.
namespace fairlead::deploy {

struct State {
    std::string current, previous, slot, deployment; // release ids; the slot of `current`; what put it there
    Anchor last;                                     // of the history; without one it is `deployment`
};

class Store {
  public:
    explicit Store(sys::Path folder) : folder_(std::move(folder)) {}

    Result<void> create() const; // its folders and the reserve
    // 64 KiB that a way back may need on a full disk: given up before its first write, set aside again after it. Where
    // there is no room for it, it stays away: whoever needs room says so.
    void give_up_reserve() const;
    void set_reserve_aside() const;
    sys::Path lock() const { return folder_ / "lock"; }

    Result<State> state() const;                  // absent: empty
    Result<void> write(const State& state) const; // with the reserve, if need be

    Result<History> history() const; // the newest records: of history.jsonl and of the file that was full before it
    Result<History> checked_history() const; // the same, its end held against state.json
    // Adds the record to the chain and names it in state.json, unless its deployment is there already. A file of 1 MiB
    // is full: it is kept as history-0001.jsonl and so on, and the chain goes on in a new one.
    Result<void> append(Record record) const;

    Result<void> begin(const std::string& deployment, const Plan& plan, std::string_view at) const;
    Result<void> journal(const std::string& deployment, std::string_view line) const; // on the disk when it returns
    Result<void> keep_log(const std::string& deployment, std::string_view text) const;
    Result<std::optional<Journal>> unfinished() const;

    Result<std::optional<ReleaseInfo>> release(const std::string& id) const;
    Result<std::vector<std::string>> releases() const; // ids, recorded
    Result<void> write(const ReleaseInfo& info) const;
    Result<void> forget_release(const std::string& id) const;
    // The list of what a release was sealed with, sealed/<id>; `info.sealed` becomes its digest, and both are written.
    Result<void> write_sealed(ReleaseInfo info, const std::vector<Entry>& entries) const;
    // Nothing: it was sealed before lists were kept. Error (no): the list is not the one that was written.
    Result<std::optional<std::vector<Entry>>> sealed(const ReleaseInfo& info) const;

    // Takes away what a killed deployer left: temporary files, deployments without a plan, all but the newest 20 that
    // are over.
    Result<void> tidy() const;

  private:
    Result<std::vector<std::string>> full_histories() const;                     // names, oldest first
    Result<void> with_reserve(const std::function<Result<void>()>& write) const; // once more when the disk is full
    Result<void> add_line(const sys::Path& path, std::string_view line) const;
    sys::Path deployment(const std::string& id) const { return folder_ / "deployments" / id; }
    sys::Path reserve() const { return folder_ / "reserve"; }
    sys::Path folder_;
};

// Temporary files of sys::write_file and sys::replace_symlink that nobody renamed: `.name.<12 hex digits>`.
bool is_leftover(std::string_view name);
Result<void> remove_leftovers(const sys::Path& folder);

}
