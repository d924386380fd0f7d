#pragma once
#include "backup/engines/postgres/postgres_parts.h"
#include <string>

// The target of a restore, and whether it can take the set.
namespace fairlead::backup::postgres {

struct Target {
    Address address;
    std::string database;
};
// Returns the target that --to names. Error (usage) says what to do.
Result<Target> target_of(const SourceSettings& source, const Aim& aim, const World& world);

// Appends `end` to a database's name, and cuts the name if it gets too long.
std::string with_end(const std::string& name, const std::string& end);

Result<bool> has_row(Server& server, const std::string& sql);

// Connects to another database on the target's server.
Result<Server> connect_beside(const Target& target, const World& world);

Result<bool> is_empty(Server& server); // has no objects of a user

// Checks version, extensions and roles before the first byte. Error (usage) names what is missing.
enum class Roles { needed, made, left_out };
Result<void> check_server(Server& server, const Part& part, Roles needed);

}
