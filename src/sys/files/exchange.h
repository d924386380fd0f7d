#pragma once
#include "sys/files/files.h"

namespace fairlead::sys {

// Both names change at one moment, and both folders are synced. False: this file system can't, and nothing changed.
Result<bool> exchange_paths(const Path& one, const Path& other);

}
