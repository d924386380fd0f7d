#pragma once
#include "sys/files/files.h"

namespace fairlead::sys {

// Makes every file below read-only, and removes set-user-id and set-group-id bits. Links and folders are not changed:
// caches may be added, and users who could remove the tree still can.
Result<void> seal_files(const Path& folder);

}
