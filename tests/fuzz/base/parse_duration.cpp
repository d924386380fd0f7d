#include "base/time.h"
#include <cstdint>
#include <cstdlib>

// What is accepted is printed in a form that gives the same duration again.
extern "C" int fuzz_base_parse_duration(const std::uint8_t* data, std::size_t size) {
    const auto duration = fairlead::parse_duration({reinterpret_cast<const char*>(data), size});
    if (!duration) return 0;
    const auto again = fairlead::parse_duration(fairlead::format_duration(duration.value()));
    if (!again || again.value() != duration.value()) std::abort();
    return 0;
}
