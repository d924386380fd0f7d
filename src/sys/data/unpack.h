#pragma once
#include "sys/files/stream.h"
#include <string>

namespace fairlead::sys {

// Decompresses gzip data (RFC 1952) as it is read, also of several members; other data stays as it is. `raw`: a stream
// that hasn't been read from. Error (no) of next(), with `name` as its place: the gzip data is damaged or cut short.
ByteStream unpacked(ByteStream raw, std::string name, Encoding encoding);

}
