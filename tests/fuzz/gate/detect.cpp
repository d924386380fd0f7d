#include "gate/detect.h"
#include <cstdint>

extern "C" int fuzz_gate_detect(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    (void)fairlead::gate::detect(fairlead::gate::Source::memory(text));
    return 0;
}
