#pragma once
#include "base/result.h"
#include "migrate/steps/request.h"
#include <string>

namespace fairlead::migrate {

// Before a change, as migrate.backup_first says: fairlead-backup of the environment is run, from beside us or PATH; a
// source that names no variable of its own is the database at `address`. Its id; empty: none was made. Error
// (could_not): it failed, or is not there and `yes` asks for it.
Result<std::string> backup_first(const Place& place, const Settings& settings, const server::Address& address);

}
