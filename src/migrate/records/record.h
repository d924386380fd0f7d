#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// The database's own records of its migrations: one row for each.
namespace fairlead::migrate::records {

enum class State {
    started,  // runs outside of a transaction, and its end is not recorded yet
    applied,  // it ran completely
    failed,   // outside of a transaction: `progress` statements ran, and the next statement was refused
    reverted, // it was reverted completely
    baseline, // recorded as applied, but we didn't run it
};
std::string_view name_of(State state);
std::optional<State> state_named(std::string_view name);

struct Record {
    std::string version, name;
    std::string kind = "sql"; // "seed", and our own "format" and "schema"
    std::string checksum;     // empty: not known
    std::string way_back;     // checksum of a separate file that reverts it; empty: no such file, or not known
    State state = State::applied;
    std::string started_at, finished_at; // UTC, RFC 3339; empty: not yet
    std::int64_t duration_ms = 0;
    std::string applied_by, tool_version, git_sha, error;
    std::int64_t progress = 0;    // outside of a transaction: number of statements that ran
    std::string direction = "up"; // or "down"; "redo": it is reverted, and applied again afterwards
    bool out_of_order = false;
    std::string backup; // id of the backup that was made before
    bool is_done() const { return state == State::applied || state == State::baseline; }
    bool is_open() const { return state == State::started || state == State::failed; }
};

const Record* find(const std::vector<Record>& all, std::string_view version);

}
