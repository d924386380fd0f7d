#pragma once
#include "base/result.h"
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

// Reads zip archives (PKWARE's APPNOTE 6.3.10) from memory: stored and deflated files, zip64.
namespace fairlead::sys {

// Calls `each` with the name and the content of every file, in the order of the central directory; folders are left
// out. An error of `each` ends the walk. Error (no): the archive is damaged, encrypted or packed in another way, or has
// more than `limit` bytes of content.
Result<void> each_in_zip(std::string_view bytes, std::uint64_t limit,
                         const std::function<Result<void>(const std::string& name, std::string content)>& each);

}
