#pragma once
#include "base/time.h"
#include "config/milder.h"
#include "config/rows.h"
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <vector>

// The section `migrate:` of fairlead.yml.
namespace fairlead::migrate {

struct Query {
    std::string sql;
    std::string expect = "rows"; // rows, empty, or the expected value
};

struct Seed {
    std::string name, file;
    std::vector<std::string> environments; // empty: all environments with the profile development
};

// A role on the server for an application, with only the rights that it needs.
struct Role {
    std::string name, password_env; // no password_env: the role has no password
    std::string rights = "write";   // or "read"
};

struct Rehearsal {
    std::string on;                    // production: rehearses in production, too
    std::uint64_t limit = 2ULL << 30U; // the largest database that is copied with its rows, in bytes
};

struct Settings {
    std::string dir = "migrations";
    std::string engine = "postgres";
    std::int64_t postgres = 0;                          // the server's major version; 0: not given
    std::map<std::string, std::string> rules;           // id -> off, info, warning, error
    Milliseconds lock_timeout{0}, statement_timeout{0}; // 0: no limit
    std::string driver, via; // driver empty: found by the files; via empty: on this machine, not in a container
    std::vector<std::string> command;          // the words that start the other tool
    std::string version_table;                 // the other tool's table, if its name isn't the usual one
    std::string url_env, direct_url_env;       // variables with the database's URL
    std::string table = "fairlead_migrations"; // the table of records; or "schema.table"
    std::string schema;                        // search_path; empty: that of the role
    std::string layout = "plain";              // plain, flyway
    std::string compat;                        // golang-migrate: that tool's table is kept up to date
    bool allow_out_of_order = false;
    std::string backup_first = "auto"; // auto, yes, no
    std::string on_failure = "stop";   // for verify: stop, rollback
    std::vector<Query> verify;
    std::vector<Seed> seeds;
    std::vector<Role> roles; // the roles for `create`
    Rehearsal rehearse;
};

const config::Rows<Settings>& settings_rows();
// Checks rules that concern more than one row. Error (usage): a seed names an environment that fairlead.yml doesn't
// have.
Result<void> check_settings(const config::Config& config, const config::Value& section);
std::span<const config::Milder> milder(); // keys with which a change can weaken its own checks

}
