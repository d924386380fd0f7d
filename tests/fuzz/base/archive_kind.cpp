#include "base/archive.h"
#include <cstdint>
#include <cstdlib>
#include <string>

// Any bytes: what they are is said by their beginning, so more bytes behind it change nothing.
extern "C" int fuzz_base_archive_kind(const std::uint8_t* data, std::size_t size) {
    const std::string bytes(reinterpret_cast<const char*>(data), size);
    const auto kind = fairlead::archive_kind(bytes);
    if (!kind.empty() && fairlead::archive_kind(bytes + "more") != kind) std::abort();
    return 0;
}
