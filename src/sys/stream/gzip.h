#pragma once
#include "sys/stream/stream.h"

namespace fairlead::sys {

// Writes one gzip member (RFC 1952), compressed by several threads block by block. The bytes don't depend on the number
// of threads.
std::unique_ptr<Sink> gzipping(int level, std::unique_ptr<Sink> into);

}
