#pragma once
#include "sys/files/stream.h"
#include <string>

namespace fairlead::sys {

// Decompresses gzip data (RFC 1952, one or more members) while it is read; other data is passed on unchanged. Nothing
// may have been read from `raw` before. Error (no) of next(), with `name` as its place: the gzip data is damaged or cut
// short.
ByteStream unpacked(ByteStream raw, std::string name, Encoding encoding);

}
