#pragma once
#include <string_view>

namespace fairlead {

// Returns the kind of an archive or compressed file by its first bytes, not by its name: "zip", "gzip", "xz", "bzip2",
// "zstd", "7z", "rar", "tar" (POSIX ustar and GNU's). Empty: another kind. A .jar or .docx is a zip.
std::string_view archive_kind(std::string_view bytes);

}
