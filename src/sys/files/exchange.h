#pragma once
#include "sys/files/files.h"

namespace fairlead::sys {

// Exchanges two paths in one step, and syncs both folders. `unknown`: this file system can't do it. `absent`: the other
// path doesn't exist. In both cases nothing changed.
enum class Exchanged { done, unknown, absent };
Result<Exchanged> exchange_paths(const Path& one, const Path& other);
// Renames `from` to `to`, and syncs the folder. False: the name `to` is taken, and nothing changed.
Result<bool> place_path(const Path& from, const Path& to);

}
