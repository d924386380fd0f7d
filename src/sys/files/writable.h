#pragma once
#include "base/result.h"
#include "sys/files/files.h"

namespace fairlead::sys {

// Whether a file could be written at `path`, its folders included, as far as can be told without writing. Error
// (could_not): something is in the way, or the folder isn't ours to write in.
Result<void> check_writable(const Path& path);

}
