#pragma once
#include "ledger/chain.h"
#include "ledger/journal.h"
#include "ledger/progress.h"
#include "sys/clock.h"
#include "sys/files/files.h"
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// The folder of whoever carries out one act at a time and must know afterwards what became of it: lock, state.json,
// history.jsonl, reserve, <act>s/<id>/{plan.json, journal.jsonl}. Everything is 0640 in folders of 0750. The domain may
// keep more there.
namespace fairlead::ledger {

struct State {
    std::map<std::string, std::string, std::less<>> members; // the domain's: each that it named is there
    Anchor last; // of the history; older versions wrote none: then the act that the members name
};

// What somebody or a disk did to a record.
struct Damage {
    enum class Cure {
        aside,  // the file gets another name beside its place
        lines,  // of a history the lines that are records stay, a copy of all is set aside
        closed, // of an act: it is not open any more
        none,   // who reads it has to do without it
    };
    Error what; // with its place
    sys::Path file;
    Cure cure = Cure::none;
    bool guides = false; // by it is told what may go: nothing is taken away before it is whole again
};

// What readers make of a damaged record: acts are refused it, who only looks goes by what the next act will find once
// it has set it aside.
enum class Damaged { refused, passed_over };

class Ledger {
  public:
    Ledger(sys::Path folder, const Domain& domain, Damaged damaged = Damaged::refused)
        : folder_(std::move(folder)), domain_(domain), on_damage_(damaged) {}
    std::string of() const; // whose it is (ledger/checked.h)
    bool passes_over() const { return on_damage_ == Damaged::passed_over; }
    const sys::Path& folder() const { return folder_; }

    Result<void> create() const; // its folders and the reserve
    // Waits up to `wait`, and says so. Error (could_not) quotes the holder.
    Result<sys::Lock> take_lock(std::string_view what, Milliseconds wait, sys::Clock& clock, Progress& progress) const;
    std::optional<std::string> lock_holder() const; // what it wrote of itself; nothing: there is none

    // 64 KiB that a way back may need on a full disk: given up before its first write, set aside again after it. Where
    // there is no room for it, it stays away: whoever needs room says so.
    void give_up_reserve() const;
    void set_reserve_aside() const;

    Result<State> state() const;                  // absent: each member is empty
    Result<void> write(const State& state) const; // with the reserve, if need be

    Result<Chain> history() const; // the newest records: of history.jsonl and of the file that was full before it
    Result<Chain> checked_history() const; // the same, its end held against state.json
    Result<Chain> read_history(const std::string& name, Chain before) const; // of that file, after those before
    // Adds the record to the chain and names it in state.json, unless its act is there already. A file of 1 MiB is
    // full: it is kept as history-0001.jsonl and so on, and the chain goes on in a new one. `prev_sha256` is filled in.
    Result<void> append(const sys::Json& record) const;

    std::string new_id(sys::Clock& clock) const; // of an act; sorts by time
    Result<void> begin(const std::string& id, const sys::Json& plan, std::string_view at) const;
    // On the disk when it returns, or, without sync, with the next line.
    Result<void> journal(const std::string& id, std::string_view line, sys::Sync sync = sys::Sync::yes) const;
    Result<void> keep(const std::string& id, std::string_view name, std::string_view text) const; // secrets masked
    Result<std::optional<Journal>> unfinished() const; // of the first act that is not over

    // A look at all records that there are. `read`: whether the domain knows what a journal says. Error (could_not): a
    // later version wrote one that every act goes by.
    Result<std::vector<Damage>> damaged(const std::function<Result<void>(const Journal&)>& read) const;
    // Under the lock, before anything is touched. What was done, to be told.
    Result<std::string> mend(const Damage& damage) const;

    // Takes away what a killed process left: temporary files, acts without a plan, all but the newest 20 that are over.
    Result<void> tidy() const;

  private:
    Result<std::vector<std::string>> full_histories() const; // names, oldest first
    Result<std::vector<Damage>> damaged_histories(bool open) const;
    // `open` becomes true where an act is.
    Result<std::vector<Damage>> damaged_acts(const std::function<Result<void>(const Journal&)>& read, bool& open) const;
    Result<std::vector<Damage>> damaged_state(bool open) const;
    Result<void> with_reserve(const std::function<Result<void>()>& write) const; // once more when the disk is full
    Result<void> add_line(const sys::Path& path, std::string_view line, sys::Sync sync = sys::Sync::yes) const;
    sys::Path lock() const { return folder_ / "lock"; }
    sys::Path reserve() const { return folder_ / "reserve"; }
    sys::Path acts() const { return folder_ / (std::string(domain_.act) + "s"); }
    sys::Path act(const std::string& id) const { return acts() / id; }
    sys::Path folder_;
    const Domain& domain_;
    const Damaged on_damage_;
};

// What a way back needed of a full disk is there for the next one.
class ReserveAfterwards {
  public:
    explicit ReserveAfterwards(const Ledger& ledger) : ledger_(ledger) {}
    ReserveAfterwards(const ReserveAfterwards&) = delete;
    ReserveAfterwards& operator=(const ReserveAfterwards&) = delete;
    ~ReserveAfterwards();

  private:
    const Ledger& ledger_;
};

}
