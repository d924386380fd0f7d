#pragma once
#include "base/result.h"
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// What another tool's project has of migrations, and what its table in the database says of them.
namespace fairlead::migrate::drivers {

struct Migration {
    enum class State {
        pending,
        applied,
        failed,  // begun, and neither done nor undone
        unknown, // in the database; the project has no such
    };
    std::string version;            // as the tool names it: "8b91cc8e170e", "shop.0002_item_price", "1.2"
    std::string name;               // "add price"; empty: the version says all
    std::vector<std::string> needs; // versions that come before it
    State state = State::pending;
    std::string when; // UTC, RFC 3339: when it was applied; empty: the tool doesn't keep it
    std::string file; // empty: the tool doesn't say
};
std::string_view name_of(Migration::State state); // "pending"

struct Standing {
    std::vector<Migration> all;   // in the order in which they are applied
    std::optional<Error> trouble; // why nothing may run, with the way out

    std::vector<Migration> of(Migration::State state) const;
    // The one that is meant: its version, or the beginning of no other's. Error (usage): none, or several.
    Result<Migration> find(std::string_view version) const;
};

// A row of the tool's table; in the order in which they were applied.
struct Record {
    std::string version;
    Migration::State state = Migration::State::applied;
    std::string when;
    std::string note = {}; // of a failed one: what the tool wrote down
};
struct Records {
    bool is_there = false; // the table
    std::vector<Record> rows;

    const Record* find(std::string_view version) const;
};

}
