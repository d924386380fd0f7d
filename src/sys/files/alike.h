#pragma once
#include "sys/files/files.h"

namespace fairlead::sys {

// Gives the file at `path` the mode, owner and group of the file at `model`; follows no link. Error (could_not): also
// if `model` has a different owner or group and we are not root.
Result<void> look_like(const Path& path, const Path& model);

}
