#pragma once
#include "base/result.h"
#include "migrate/files/folder.h"
#include "migrate/records/golang.h"
#include "migrate/records/table.h"
#include "migrate/server/connect.h"
#include "migrate/server/lock.h"
#include "migrate/steps/request.h"
#include <optional>
#include <string>
#include <vector>

namespace fairlead::migrate {

// The common base of the commands: the files, the database, and its records of them.
struct Database {
    Settings settings;
    std::string dir; // as messages show it
    files::Folder folder;
    server::Address address;
    std::optional<server::Lock> lock; // before the members that need it, so that it is freed after them
    server::Connection connection;    // without a session if SQLite's file doesn't exist yet
    records::Table table;
    records::Golang golang;
    std::vector<records::Record> records; // of migrations and seeds
    std::string schema_fingerprint;       // after the last migration; empty: it was not recorded

    bool is_sqlite() const { return address.engine == server::Engine::sqlite; }
    sql::Dialect dialect() const { return is_sqlite() ? sql::Dialect::sqlite : sql::Dialect::postgres; }
    bool keeps_golang() const { return settings.compat == "golang-migrate"; }
    sys::Session& session() { return *connection.session; }
};

// Error (usage): fairlead.yml has environments, but no environment is named.
Result<void> check_environment(const Place& place);
// Returns the path that `key` of fairlead.yml names: absolute, with links resolved. Error (usage): it leads out of the
// tree.
Result<std::string> in_tree(const config::Config& config, const std::string& key, const std::string& path);
Result<Settings> settings_of(const Place& place, const Request& request);
std::string dir_of(const Place& place, const Settings& settings);
files::Layout layout_of(const Settings& settings);

// Reads without changing anything, not even our table, and doesn't wait for a running migration. If SQLite's file
// doesn't exist, see server::check_there.
Result<Database> look(const Place& place, const Request& request, server::Makes makes = server::Makes::nothing);
// Takes the lock, creates the table, and takes over the state of golang-migrate's table.
Result<Database> take(const Place& place, const Request& request);

// Returns the SQL that sets the session before our own statements and each migration: time-outs, search_path, how text
// is read.
std::string session_settings(const Database& database);

// SHA-256 of the tables with their columns and indexes, without our own tables.
Result<std::string> schema_fingerprint(Database& database);

// For SQLite: checks that the path still leads to the same file. Error (could_not) says what to do.
Result<void> check_same_file(Database& database);

// Runs one of our own statements. Error (could_not): it is refused; the message begins with `what`.
Result<sys::Answer> asked(sys::Session& session, const std::string& sql, std::string_view what);

}
