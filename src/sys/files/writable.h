#pragma once
#include "base/result.h"
#include "sys/files/files.h"

namespace fairlead::sys {

// Checks whether a file could be written at `path`, including missing folders, without writing anything. Error
// (could_not): something is in the way, or we may not write in the folder.
Result<void> check_writable(const Path& path);

}
