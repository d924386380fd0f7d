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

// The folder of a program that carries out one act at a time and must know its result afterwards: lock, state.json,
// history.jsonl, reserve, <act>s/<id>/{plan.json, journal.jsonl}. Everything is 0640 in folders of 0750. The domain may
// keep more files there.
namespace fairlead::ledger {

struct State {
    std::map<std::string, std::string, std::less<>> members; // the domain's members, all of them
    // names the history's last record. If an older version wrote state.json, it has only the id of the act that the
    // members name
    Anchor last;
};

// Damage to a record, by a person or a disk.
struct Damage {
    enum class Cure {
        aside,  // the file is renamed
        lines,  // the valid lines of a history stay; a copy of all lines is set aside
        closed, // an act is closed
        none,   // readers have to do without it
    };
    Error what; // with its place
    sys::Path file;
    Cure cure = Cure::none;
    bool guides = false; // the record decides what may be deleted, so nothing is deleted before its repair
};

// How readers treat a damaged record. refused: an act fails. passed_over: a command that only reads ignores it, as the
// next act will after setting it aside.
enum class Damaged { refused, passed_over };

class Ledger {
  public:
    Ledger(sys::Path folder, const Domain& domain, Damaged damaged = Damaged::refused)
        : folder_(std::move(folder)), domain_(domain), on_damage_(damaged) {}
    std::string of() const; // the owner (ledger/checked.h)
    bool passes_over() const { return on_damage_ == Damaged::passed_over; }
    const sys::Path& folder() const { return folder_; }

    Result<void> create() const; // its folders and the reserve
    // Waits up to `wait`, and reports the wait. Error (could_not) quotes the holder.
    Result<sys::Lock> take_lock(std::string_view what, Milliseconds wait, sys::Clock& clock, Progress& progress) const;
    std::optional<std::string> lock_holder() const; // the holder's text about itself; nothing: the lock is free

    // The reserve is a file of 64 KiB, for space that a way back may need on a full disk. It is deleted before the way
    // back first writes, and created again afterwards. If there is no space for it, it isn't created; the next write
    // that lacks space then gets the error.
    void give_up_reserve() const;
    Result<void> can_act() const; // Error (could_not): read-only folder, or a full disk without a reserve
    void set_reserve_aside() const;

    Result<State> state() const;                  // without state.json each member is empty
    Result<void> write(const State& state) const; // uses the reserve if necessary

    Result<Chain> history() const;         // the newest records: those of history.jsonl and of the full file before it
    Result<Chain> checked_history() const; // the same, with its end compared with state.json
    // the records of that file, after those of `before`
    Result<Chain> read_history(const std::string& name, Chain before) const;
    // Adds the record to the chain and names it in state.json, unless the chain already has its act. A file of 1 MiB is
    // full: it is renamed to history-0001.jsonl and so on, and the chain continues in a new file. Fills in
    // `prev_sha256`.
    Result<void> append(const sys::Json& record) const;

    std::string new_id(sys::Clock& clock) const; // the id of an act; ids sort by time
    Result<void> begin(const std::string& id, const sys::Json& plan, std::string_view at) const;
    // The line is on the disk when it returns or, without sync, together with the next line.
    Result<void> journal(const std::string& id, std::string_view line, sys::Sync sync = sys::Sync::yes) const;
    Result<void> keep(const std::string& id, std::string_view name, std::string_view text) const; // masks secrets
    Result<std::optional<Journal>> unfinished() const; // the journal of the first act that has not ended

    // Checks all existing records; only reads. `read`: whether the domain understands a journal. Error (could_not): a
    // later version wrote a record that every act depends on.
    Result<std::vector<Damage>> damaged(const std::function<Result<void>(const Journal&)>& read) const;
    // Called under the lock, before anything is changed. Returns a text that says what was done.
    Result<std::string> mend(const Damage& damage) const;

    // Removes leftovers of a killed process: temporary files and acts without a plan. Also removes all finished acts
    // except the newest 20.
    Result<void> tidy() const;

  private:
    Result<std::vector<std::string>> full_histories() const; // names, oldest first
    Result<std::vector<Damage>> damaged_histories(bool open) const;
    Result<sys::Json> read_state(std::string_view text, const std::string& file) const;
    // `open` becomes true if an act has not ended.
    Result<std::vector<Damage>> damaged_acts(const std::function<Result<void>(const Journal&)>& read, bool& open) const;
    Result<std::vector<Damage>> damaged_state(bool open) const;
    // writes again with the reserve if the disk is full
    Result<void> with_reserve(const std::function<Result<void>()>& write) const;
    Result<void> add_line(const sys::Path& path, std::string_view line, sys::Sync sync = sys::Sync::yes) const;
    sys::Path lock() const { return folder_ / "lock"; }
    sys::Path reserve() const { return folder_ / "reserve"; }
    sys::Path acts() const { return folder_ / (std::string(domain_.act) + "s"); }
    sys::Path act(const std::string& id) const { return acts() / id; }
    sys::Path folder_;
    const Domain& domain_;
    const Damaged on_damage_;
};

// Creates the reserve again after a way back has used it on a full disk.
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
