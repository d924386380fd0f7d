#pragma once
#include "sys/files/files.h"

namespace fairlead::sys {

// Makes every file below read-only, and removes set-user-id and set-group-id bits. Links and folders are not changed,
// so caches can still be added, and the tree can still be removed.
Result<void> seal_files(const Path& folder);

}
