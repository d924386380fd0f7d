#pragma once
#include "sys/files/files.h"

namespace fairlead::sys {

// Both names change at one moment, and both folders are synced. Unknown: this file system can't; absent: the other one
// isn't there; nothing changed by either.
enum class Exchanged { done, unknown, absent };
Result<Exchanged> exchange_paths(const Path& one, const Path& other);
// `from` becomes `to`, and the folder is synced. False: something has that name, and nothing changed.
Result<bool> place_path(const Path& from, const Path& to);

}
