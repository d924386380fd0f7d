#pragma once
#include "sys/files/files.h"

namespace fairlead::sys {

// Gives the file at `path` the mode, owner and group of that at `model`; no link is followed. Error (could_not): also
// where it would be another's, and only root may give it away.
Result<void> look_like(const Path& path, const Path& model);

}
