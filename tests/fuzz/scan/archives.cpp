#include "scan/archives.h"
#include "base/archive.h"
#include <cstdint>
#include <cstdlib>

using namespace fairlead;

// Archives of strangers: whatever they hold, what is handed out stays below the limit.
extern "C" int fuzz_scan_archives(const std::uint8_t* data, std::size_t size) {
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    if (archive_kind(bytes).empty()) return 0;
    std::uint64_t total = 0;
    const auto unpacked = scan::unpack(bytes, "a", 3, [&](const std::string& path, const std::string& content) {
        if (!path.starts_with("a")) std::abort();
        total += content.size();
        return Result<void>();
    });
    if (total > scan::largest_unpacked) std::abort();
    if (!unpacked.ok() && unpacked.error().message.empty()) std::abort();
    return 0;
}
