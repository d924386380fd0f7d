#pragma once
#include "sys/stream/stream.h"

namespace fairlead::sys {

// One member of gzip (RFC 1952), packed by several threads, block by block; the bytes are the same however many there
// are.
std::unique_ptr<Sink> gzipping(int level, std::unique_ptr<Sink> into);

}
