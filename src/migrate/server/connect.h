#pragma once
#include "migrate/settings.h"
#include "sys/database/session.h"
#include "sys/environment.h"
#include <memory>
#include <string>
#include <string_view>

// The database that is migrated: where it is, and a session with it.
namespace fairlead::migrate::server {

enum class Engine { postgres, sqlite };

// Where it is. `url` may hold a password and is for sys alone; `shown` is for people.
struct Address {
    Engine engine = Engine::postgres;
    std::string url;    // of PostgreSQL; empty: by PGHOST, PGSERVICE, …
    std::string path;   // of SQLite's file
    std::string source; // the variable that said so: "DATABASE_URL"
    std::string shown;  // "postgresql://app@db:5432/shop", "sqlite:data/app.db"
};

// FAIRLEAD_DATABASE_URL, then the variable that migrate.direct_url_env names, then that of migrate.url_env, then
// DATABASE_URL, then PGHOST, PGSERVICE, …; the password is registered with mask(). `sqlite:///a/b.db` and `sqlite:b.db`
// are files, the latter from here. Error (usage), with the ways out: none of them is set, a named variable is not set,
// a URL that can't be read or is of another engine than migrate.engine says.
Result<Address> find_database(const Settings& settings, const sys::Environment& environment);

struct Identity {
    Engine engine = Engine::postgres;
    std::string database; // its name; of SQLite the file's absolute path
    std::string host;     // "db.example.org:5432", "/run/postgresql:5432"; of SQLite empty
    std::string user;     // of SQLite empty
    std::string version;  // "15.18", "3.40.1"
    int major = 0;        // 15, 3
    int pid = 0;          // of the server's process for this session; of SQLite 0
};

struct Connection {
    std::unique_ptr<sys::Session> session;
    Identity identity;
};

struct Wanted {
    std::string application;      // application_name; see application()
    std::string database;         // another one on the same server; empty: the address's
    bool create = false;          // SQLite: the file may be made
    bool writable = true;         // false: nothing can be written by it
    bool pooler = false;          // a transaction pooler will do: nothing of the session is relied upon
    Milliseconds timeout{10'000}; // until somebody answers
};

// Error (could_not): nobody answers, or refuses us; (usage): behind a transaction pooler, where a session's lock and
// settings are worthless, with the way out (migrate.direct_url_env).
Result<Connection> connect(const Address& address, const Wanted& wanted);

// What is said of a file of SQLite on a file system of the network ("NFS"); empty for a local one ("").
std::string shared_warning(const Address& address, std::string_view file_system);

// A file of SQLite that is not there.
bool is_absent(const Address& address);
// Of such a one. Error (usage): nobody makes it here: it is read only, or in production. Else that is told as a
// warning: `up` would make it.
enum class Makes { nothing, whatever_is_absent };
Result<void> check_there(const Address& address, Makes makes, bool is_production);

// "fairlead-migrate host=web1 run=4711": of this process, for pg_stat_activity; at most 63 bytes.
std::string application(const sys::Environment& environment);

std::string quoted_name(std::string_view name); // "na""me"
std::string quoted_text(std::string_view text); // 'it''s'

}
