#pragma once
#include "base/dropped.h"
#include "sys/files/files.h"
#include <vector>

namespace fairlead::sys {

struct OpenFile;

// Returns the rights that a file gives to anyone who runs it: set-user-id, set-group-id, capabilities. `mode` is the
// file's mode. Rights that can't be read are left out.
std::vector<Right> rights_of(const OpenFile& file, unsigned mode);

}
