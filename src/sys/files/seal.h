#pragma once
#include "sys/files/files.h"

namespace fairlead::sys {

// No file below can be written to any more, nor runs as another user than who starts it. Links are left alone, and so
// are folders: caches may be added, and who may remove the tree still may.
Result<void> seal_files(const Path& folder);

}
