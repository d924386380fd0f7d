// What is read as a shard is written and read again as the same.
#include "gate/collect/shards.h"
#include <cstdlib>

using namespace fairlead::gate;

extern "C" int fuzz_gate_shard(const std::uint8_t* data, std::size_t size) {
    const auto read = parse_shard({reinterpret_cast<const char*>(data), size}, "shard.json");
    if (!read.ok()) return 0;
    for (const auto& report : read->reports)
        if (report.file.find('/') != std::string::npos || report.path.empty()) std::abort();
    const auto again = parse_shard(shard_text(read.value()), "shard.json");
    if (!again.ok() || again->reports.size() != read->reports.size() || again->of.commit != read->of.commit)
        std::abort();
    return 0;
}
