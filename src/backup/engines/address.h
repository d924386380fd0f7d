#pragma once
#include "backup/engines/engine.h"
#include <string>

// Where a database is.
namespace fairlead::backup {

struct Address {
    enum class Kind { postgres, sqlite, redis, other };
    Kind kind = Kind::postgres;
    std::string url;                // of a server, with its password; empty: by PGHOST and its like
    std::string path;               // of SQLite's file
    std::string variable;           // that said so
    std::string via = {};           // "compose:db": from that container; empty: from here
    bool ignores_variables = false; // the URL alone counts, none of libpq's variables
};

// Of the variable that url_env names, else DATABASE_URL (of engine redis: REDIS_URL), else (of PostgreSQL) PGHOST and
// its like. Error (usage) with the ways out: none is set, or it is none of ours.
Result<Address> find_address(const SourceSettings& source, const World& world);
Result<Address> read_address(const std::string& url, const std::string& variable, const World& world);

}
