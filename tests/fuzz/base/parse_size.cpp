#include "base/text.h"
#include <cstdint>
#include <cstdlib>

// Every accepted size is the same in bytes.
extern "C" int fuzz_base_parse_size(const std::uint8_t* data, std::size_t size) {
    const auto bytes = fairlead::parse_size({reinterpret_cast<const char*>(data), size});
    if (!bytes) return 0;
    const auto again = fairlead::parse_size(std::to_string(bytes.value()) + "B");
    if (!again || again.value() != bytes.value()) std::abort();
    return 0;
}
