#pragma once
#include "base/result.h"
#include "migrate/steps/database.h"
#include <map>
#include <string>
#include <vector>

namespace fairlead::migrate::rehearsal {

// Error (no), with file:line: a script has a statement that acts outside of its database (on roles, other databases,
// the server's settings, programs, files), because it would do so from a clone, too. This includes named functions and
// extensions that act outside.
Result<void> check_stays_within(const std::vector<const files::Script*>& scripts, const Database& database);

// Warns if the role has more rights than to create databases, because SQL that is built at run time can't be checked
// before.
Result<void> tell_of_rights(const Database& database);

// Objects that all databases of a server share: roles, memberships, settings, tablespaces, slots, rights on databases.
// Maps the name to its definition; empty for SQLite.
using Shared = std::map<std::string, std::string>;
Result<Shared> shared_by_all(const Database& database);
// Returns the names that were added, removed or changed. Leaves out added and removed databases, because other
// rehearsals create and drop databases.
std::vector<std::string> changed_since(const Shared& before, const Shared& now);

}
