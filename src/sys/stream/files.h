#pragma once
#include "sys/files/files.h"
#include "sys/stream/stream.h"
#include <memory>

// Reads and writes regular files as streams. Errors (could_not) name the path.
namespace fairlead::sys {

Result<std::unique_ptr<Source>> file_source(const Path& path);
// Writes a new file, mode 0600. It gets its name at close(), never over an existing file; without close() it is
// removed.
Result<std::unique_ptr<Sink>> file_sink(const Path& path);

}
