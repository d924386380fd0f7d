// A manifest: what is read is written as it was, byte for byte; one of an earlier version, which doesn't say what came
// before it, with that line more.
#include "backup/sets/manifest.h"
#include "sys/digest.h"
#include <cstdint>
#include <cstdlib>

using namespace fairlead;
using namespace fairlead::backup;

extern "C" int fuzz_backup_manifest(const std::uint8_t* data, std::size_t size) {
    std::string text(reinterpret_cast<const char*>(data), size);
    const std::string id = "shop_backup_20260131_101500";
    const auto as_it_is = read_manifest(text, "m", id);
    if (as_it_is.ok()) {
        const auto written = write_manifest(as_it_is.value());
        const bool is_earlier = text.find("\n \"after\": ") == text.npos;
        if (!is_earlier && written != text) std::abort();
        const auto again = read_manifest(written, "m", id);
        if (!again.ok() || write_manifest(again.value()) != written) std::abort();
    }
    // The same with a checksum that is right, so that what is behind it is reached.
    const auto end = text.rfind("\n}\n");
    if (end == text.npos) return 0;
    text.resize(end);
    const std::string digest = sys::sha256(text + "\n}\n");
    text += ",\n \"sha256\": \"" + digest + "\"\n}\n";
    const auto read = read_manifest(text, "m", id);
    if (read.ok() && (read->id != id || read->parts.empty())) std::abort();
    return 0;
}
