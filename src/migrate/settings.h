#pragma once
#include "base/time.h"
#include "config/milder.h"
#include "config/rows.h"
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <vector>

// `migrate:` of fairlead.yml.
namespace fairlead::migrate {

struct Query {
    std::string sql;
    std::string expect = "rows"; // rows, empty, or the value that it gives
};

struct Seed {
    std::string name, file;
    std::vector<std::string> environments; // empty: those whose profile is development
};

// A role of the server that an application is, with the rights that it needs and no more.
struct Role {
    std::string name, password_env; // without a variable it has no password
    std::string rights = "write";   // read
};

struct Rehearsal {
    std::string on;                    // production: there, too
    std::uint64_t limit = 2ULL << 30U; // bytes of a database that is copied as a whole
};

struct Settings {
    std::string dir = "migrations";
    std::string engine = "postgres";
    std::int64_t postgres = 0;                          // the server's major version; 0: nobody said
    std::map<std::string, std::string> rules;           // id -> off, info, warning, error
    Milliseconds lock_timeout{0}, statement_timeout{0}; // 0: none
    std::string driver, via;                            // empty: by what is found; empty: here, not in a container
    std::vector<std::string> command;                   // what starts the other tool
    std::string version_table;                          // the other tool's, where it isn't its usual name
    std::string url_env, direct_url_env;                // variables that hold the database's URL
    std::string table = "fairlead_migrations";          // of what is applied; "schema.table"
    std::string schema;                                 // search_path; empty: the role's own
    std::string layout = "plain";                       // plain, flyway
    std::string compat;                                 // golang-migrate: its table is kept in step
    bool allow_out_of_order = false;
    std::string backup_first = "auto"; // auto, yes, no
    std::string on_failure = "stop";   // of verify: stop, rollback
    std::vector<Query> verify;
    std::vector<Seed> seeds;
    std::vector<Role> roles; // that `create` makes
    Rehearsal rehearse;
};

const config::Rows<Settings>& settings_rows();
// What no row alone tells. Error (usage): a seed names an environment that the file doesn't have.
Result<void> check_settings(const config::Config& config, const config::Value& section);
std::span<const config::Milder> milder(); // keys by which a change lets it look less closely

}
