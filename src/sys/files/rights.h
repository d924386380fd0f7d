#pragma once
#include "base/dropped.h"
#include "sys/files/files.h"
#include <vector>

namespace fairlead::sys {

struct OpenFile;

// What a file gives whoever runs it beyond the file's own mode: set-user-id, set-group-id, capabilities. `mode` is its
// own; what can't be asked is none.
std::vector<Right> rights_of(const OpenFile& file, unsigned mode);

}
