#pragma once
#include "backup/engines/postgres_parts.h"
#include <string>

// Where a set is restored to, and whether it can take it.
namespace fairlead::backup::postgres {

struct Target {
    Address address;
    std::string database;
};
// What --to says. Error (usage) with the way out.
Result<Target> target_of(const SourceSettings& source, const Aim& aim, const World& world);

// A database's name with an end, cut where it gets too long.
std::string with_end(const std::string& name, const std::string& end);

Result<bool> has_row(Server& server, const std::string& sql);

// To the target's server, in another database than the target.
Result<Server> connect_beside(const Target& target, const World& world);

Result<bool> is_empty(Server& server); // of what is somebody's

// Told before the first byte: version, extensions, roles. Error (usage) with what is missing.
enum class Roles { needed, made, left_out };
Result<void> check_server(Server& server, const Part& part, Roles needed);

}
