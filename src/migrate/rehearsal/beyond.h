#pragma once
#include "base/result.h"
#include "migrate/steps/database.h"
#include <map>
#include <string>
#include <vector>

namespace fairlead::migrate::rehearsal {

// Statements that act outside of their database (roles, other databases, the server's settings, programs, files) would
// do so from a clone, too. Error (no), with file:line: a script has such a statement. Calls of functions and uses of
// extensions that lead out count, too, if a statement names them.
Result<void> check_stays_within(const std::vector<const files::Script*>& scripts, const Database& database);

// Warns if the role may do more than create databases: SQL that is put together at run time can't be checked before.
Result<void> tell_of_rights(const Database& database);

// Objects that all databases of a server share: roles, memberships, settings, tablespaces, slots, rights on databases.
// By name, as text; empty for SQLite.
using Shared = std::map<std::string, std::string>;
Result<Shared> shared_by_all(const Database& database);
// Returns the names that were added, were removed, or have another text. Leaves out added and removed databases,
// because other rehearsals create and drop databases.
std::vector<std::string> changed_since(const Shared& before, const Shared& now);

}
