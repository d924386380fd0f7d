#include "gate/judge/baseline.h"
#include <cstdlib>

extern "C" int fuzz_gate_baseline(const std::uint8_t* data, std::size_t size) {
    const auto read = fairlead::gate::parse_baseline({reinterpret_cast<const char*>(data), size}, "gate.json");
    if (read.ok() && read->lines && read->lines->covered > read->lines->total) std::abort();
    return 0;
}
