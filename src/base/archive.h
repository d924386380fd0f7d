#pragma once
#include <string_view>

namespace fairlead {

// What an archive or a compressed file is by its first bytes, whatever its name: "zip", "gzip", "xz", "bzip2", "zstd",
// "7z", "rar", "tar" (POSIX ustar and GNU's). Empty: none of these. A .jar or .docx is a zip.
std::string_view archive_kind(std::string_view bytes);

}
