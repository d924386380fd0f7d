#pragma once
#include "sys/files/files.h"
#include "sys/stream/stream.h"
#include <memory>

// Regular files as ends of a stream. Errors (could_not) name the path.
namespace fairlead::sys {

Result<std::unique_ptr<Source>> file_source(const Path& path);
// A new one, 0600, under its name when close() succeeded and never over another; without it nothing is left.
Result<std::unique_ptr<Sink>> file_sink(const Path& path);

}
