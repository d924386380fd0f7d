#pragma once
#include "migrate/settings.h"
#include "sys/database/session.h"
#include "sys/environment.h"
#include <memory>
#include <string>
#include <string_view>

// The migrated database: its address, and sessions with it.
namespace fairlead::migrate::server {

enum class Engine { postgres, sqlite };

// Where the database is. `url` may contain a password and is only for sys; `shown` is for messages.
struct Address {
    Engine engine = Engine::postgres;
    std::string url;    // for PostgreSQL; empty: PGHOST, PGSERVICE, … decide
    std::string path;   // of an SQLite file
    std::string source; // the variable that the address came from: "DATABASE_URL"
    std::string shown;  // "postgresql://app@db:5432/shop", "sqlite:data/app.db"
    // Parameters of SQLite's URL: `mode=ro` forbids writing, `mode=rw` forbids creating the file.
    bool read_only = false, must_exist = false;
};

// Tries FAIRLEAD_DATABASE_URL, then the variable that migrate.direct_url_env names, then that of migrate.url_env, then
// DATABASE_URL, then PGHOST, PGSERVICE, …. The password is registered with mask(). `sqlite:///a/b.db` and `sqlite:b.db`
// are files; the second path is relative to the current folder. Error (usage), with the ways out: no variable is set; a
// named variable is not set; the URL can't be read, doesn't fit migrate.engine, or has an unknown parameter.
Result<Address> find_database(const Settings& settings, const sys::Environment& environment);

struct Identity {
    Engine engine = Engine::postgres;
    std::string database; // its name; for SQLite the file's absolute path
    std::string host;     // "db.example.org:5432", "/run/postgresql:5432"; empty for SQLite
    std::string user;     // empty for SQLite
    std::string version;  // "15.18", "3.40.1"
    int major = 0;        // 15, 3
    int pid = 0;          // the server's process for this session; 0 for SQLite
};

struct Connection {
    std::unique_ptr<sys::Session> session;
    Identity identity;
};

struct Wanted {
    std::string application;      // the application_name; see application()
    std::string database;         // another database on the same server; empty: the database of the address
    bool create = false;          // for SQLite: the file may be created
    bool writable = true;         // false: the session can't write
    bool pooler = false;          // a transaction pooler is acceptable, because nothing depends on the session's state
    Milliseconds timeout{10'000}; // the longest wait for an answer
};

// Error (could_not): the server doesn't answer, or refuses us. Error (usage), with the way out
// (migrate.direct_url_env): there is a transaction pooler in between, where a session's lock and settings have no
// effect.
Result<Connection> connect(const Address& address, const Wanted& wanted);

// Returns a warning if SQLite's file is on a network file system; empty: it is local. `file_system`: "NFS", or "" for a
// local one.
std::string shared_warning(const Address& address, std::string_view file_system);

// Whether it is a file of SQLite that doesn't exist.
bool is_absent(const Address& address);
// Checks whether an absent file may be created. Error (usage): no, because the URL is read-only or it is production.
// Otherwise warns that `up` would create it.
enum class Makes { nothing, whatever_is_absent };
Result<void> check_there(const Address& address, Makes makes, bool is_production);

// "fairlead-migrate host=web1 run=4711": the name of this process in pg_stat_activity; at most 63 bytes.
std::string application(const sys::Environment& environment);

std::string quoted_name(std::string_view name); // "na""me"
std::string quoted_text(std::string_view text); // 'it''s'

}
