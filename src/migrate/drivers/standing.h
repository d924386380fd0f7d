#pragma once
#include "base/result.h"
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// The migrations in another tool's project, and their states in the tool's table in the database.
namespace fairlead::migrate::drivers {

struct Migration {
    enum class State {
        pending,
        applied,
        failed,  // begun, but neither completed nor reverted
        unknown, // in the database, but not in the project
    };
    std::string version;            // as the tool writes it: "8b91cc8e170e", "shop.0002_item_price", "1.2"
    std::string name;               // "add price"; empty: there is only the version
    std::vector<std::string> needs; // versions that must be applied before it
    State state = State::pending;
    std::string when;        // time of its application in UTC, RFC 3339; empty: the tool doesn't keep it
    std::string file;        // absolute; empty: the tool doesn't name it
    bool is_changed = false; // the file was changed after it was applied
    // the tool's reason why an unknown or changed migration is wrong, with the way out; empty: we use our own text
    std::string wrong = {};
};
std::string_view name_of(Migration::State state); // "pending"

// A fact that can't be determined from the files without the tool.
struct Unread {
    std::string file; // relative to the project's folder
    int line = 0;
    std::string message;
    bool decides = true; // because of it, the list of pending migrations may be wrong
};

struct Standing {
    std::vector<Migration> all;   // in the order in which they are applied
    std::optional<Error> trouble; // the reason why nothing may run, with the way out
    std::vector<Unread> unread;
    std::string beyond;                   // parts that were not checked: "installed apps outside of this tree (auth)"
    std::vector<std::string> places = {}; // the searched places, relative to the project's folder
    std::string way_out = {};             // if there is no migration: what to do; empty: the configured folder is wrong
    std::string nothing = {};             // why a project without migrations doesn't pass; empty: there is a migration

    std::vector<Migration> of(Migration::State state) const;
    // Finds a migration by its version or the unique beginning of its version. Error (usage): none matches, or several
    // do.
    Result<Migration> find(std::string_view version) const;
};

// Returns the migrations of `after` whose state differs.
std::vector<Migration> changed(const Standing& before, const Standing& after);

// A row of the tool's table. Rows are in the order in which they were applied.
struct Record {
    std::string version;
    Migration::State state = Migration::State::applied;
    std::string when;
    std::string note = {};     // for a failed migration: the tool's note
    std::string checksum = {}; // of its file, in the tool's format; empty: the tool keeps no checksum
};
struct Records {
    bool is_there = false; // the table exists
    std::vector<Record> rows;

    const Record* find(std::string_view version) const;
};
Records records_of(const Standing& standing); // the records that can be derived from the standing

}
