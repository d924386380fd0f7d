#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// What the database itself knows of its migrations: a row each.
namespace fairlead::migrate::records {

enum class State {
    started,  // outside of a transaction, and nobody said yet how it ended
    applied,  // it ran through
    failed,   // outside of a transaction: `progress` statements ran, the next one was refused
    reverted, // its way back ran through
    baseline, // it counts as applied and was not run by us
};
std::string_view name_of(State state);
std::optional<State> state_named(std::string_view name);

struct Record {
    std::string version, name;
    std::string kind = "sql"; // "seed", and our own "format" and "schema"
    std::string checksum;     // empty: nobody knew
    std::string way_back;     // checksum of the file of its own that takes it back; empty: none, or nobody knew
    State state = State::applied;
    std::string started_at, finished_at; // UTC, RFC 3339; empty: not yet
    std::int64_t duration_ms = 0;
    std::string applied_by, tool_version, git_sha, error;
    std::int64_t progress = 0;    // statements that ran, outside of a transaction
    std::string direction = "up"; // "down", "redo": its way back, to be followed by its way up
    bool out_of_order = false;
    std::string backup; // id of the backup that was made before
    bool is_done() const { return state == State::applied || state == State::baseline; }
    bool is_open() const { return state == State::started || state == State::failed; }
};

const Record* find(const std::vector<Record>& all, std::string_view version);

}
