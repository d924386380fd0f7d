#pragma once
#include "base/result.h"
#include "migrate/steps/request.h"
#include <string>

namespace fairlead::migrate {

// If migrate.backup_first says so, runs fairlead-backup (from our own folder or PATH) for the environment before a
// change. A source without a variable of its own is the database at `address`. Returns the backup's id; empty: no
// backup was made. Error (could_not): the backup failed, or `yes` asks for it and the program is missing.
Result<std::string> backup_first(const Place& place, const Settings& settings, const server::Address& address);

}
