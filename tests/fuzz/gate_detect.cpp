#include "gate/detect.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    (void)fairlead::gate::detect(fairlead::gate::Source::memory(text));
    return 0;
}
