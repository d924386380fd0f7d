#pragma once
#include "backup/engines/engine.h"
#include <string>

// The address of a database.
namespace fairlead::backup {

struct Address {
    enum class Kind { postgres, sqlite, redis, other };
    Kind kind = Kind::postgres;
    std::string url;                // of a server, with its password; empty: PGHOST and related variables decide
    std::string path;               // of an SQLite file
    std::string variable;           // the variable that the address came from
    std::string via = {};           // "compose:db": the address is valid in that container; empty: on this machine
    bool ignores_variables = false; // only the URL counts, not libpq's variables
};

// Finds the address: from the variable that url_env names, else from DATABASE_URL (engine redis: REDIS_URL), else
// (PostgreSQL) from PGHOST and related variables. Error (usage), with the ways out: no variable is set, or none of our
// engines knows the URL.
Result<Address> find_address(const SourceSettings& source, const World& world);
Result<Address> read_address(const std::string& url, const std::string& variable, const World& world);

}
