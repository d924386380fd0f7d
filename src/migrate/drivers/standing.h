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
    std::string when;        // UTC, RFC 3339: when it was applied; empty: the tool doesn't keep it
    std::string file;        // absolute; empty: the tool doesn't say
    bool is_changed = false; // its file, after it was applied
    std::string wrong = {};  // why an unknown or changed one is wrong, with the way out; empty: in our words
};
std::string_view name_of(Migration::State state); // "pending"

// What the files don't tell without the tool.
struct Unread {
    std::string file; // from the project's folder
    int line = 0;
    std::string message;
    bool decides = true; // what is pending may be another list
};

struct Standing {
    std::vector<Migration> all;   // in the order in which they are applied
    std::optional<Error> trouble; // why nothing may run, with the way out
    std::vector<Unread> unread;
    std::string beyond;                   // "installed apps outside of this tree (auth)": what nobody looked at
    std::vector<std::string> places = {}; // where it was looked, from the project's folder
    std::string way_out = {};             // where no migration is: what to do; empty: where they are is wrongly said
    std::string nothing = {};             // why that no migration is there is no yes; empty: some is

    std::vector<Migration> of(Migration::State state) const;
    // The one that is meant: its version, or the beginning of no other's. Error (usage): none, or several.
    Result<Migration> find(std::string_view version) const;
};

// Of `after` those whose state differs.
std::vector<Migration> changed(const Standing& before, const Standing& after);

// A row of the tool's table; in the order in which they were applied.
struct Record {
    std::string version;
    Migration::State state = Migration::State::applied;
    std::string when;
    std::string note = {};     // of a failed one: what the tool wrote down
    std::string checksum = {}; // of its file, as the tool makes it; empty: it keeps none
};
struct Records {
    bool is_there = false; // the table
    std::vector<Record> rows;

    const Record* find(std::string_view version) const;
};
Records records_of(const Standing& standing); // as far as it tells

}
