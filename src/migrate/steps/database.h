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

// What the commands stand on: the files, the database and what it knows of them.
struct Database {
    Settings settings;
    std::string dir; // as people call it
    files::Folder folder;
    server::Address address;
    std::optional<server::Lock> lock; // first, so that it is freed last
    server::Connection connection;    // without a session: SQLite's file is not there yet
    records::Table table;
    records::Golang golang;
    std::vector<records::Record> records; // of migrations and seeds
    std::string schema_fingerprint;       // as it was when the last migration had run; empty: nobody kept it

    bool is_sqlite() const { return address.engine == server::Engine::sqlite; }
    sql::Dialect dialect() const { return is_sqlite() ? sql::Dialect::sqlite : sql::Dialect::postgres; }
    bool keeps_golang() const { return settings.compat == "golang-migrate"; }
    sys::Session& session() { return *connection.session; }
};

// Error (usage): fairlead.yml has environments, and none is named.
Result<void> check_environment(const Place& place);
// What fairlead.yml names by `key`, absolute, links resolved. Error (usage): it leads out of the tree.
Result<std::string> in_tree(const config::Config& config, const std::string& key, const std::string& path);
Result<Settings> settings_of(const Place& place, const Request& request);
std::string dir_of(const Place& place, const Settings& settings);
files::Layout layout_of(const Settings& settings);

// Reads and changes nothing, not even our table; whoever migrates meanwhile isn't waited for. A file of SQLite that is
// not there: see server::check_there.
Result<Database> look(const Place& place, const Request& request, server::Makes makes = server::Makes::nothing);
// Under the lock, with the table made and golang-migrate's word taken over.
Result<Database> take(const Place& place, const Request& request);

// What every statement of ours and each migration begins with: time-outs, search_path, how text is read.
std::string session_settings(const Database& database);

// SHA-256 of tables, their columns and indexes, without our own.
Result<std::string> schema_fingerprint(Database& database);

// SQLite: the file's name may be another's by now. Error (could_not) with the way out.
Result<void> check_same_file(Database& database);

// One statement of ours. Error (could_not): it is refused; `what` begins the message.
Result<sys::Answer> asked(sys::Session& session, const std::string& sql, std::string_view what);

}
