#include "base/time.h"
#include <cstdint>
#include <cstdlib>

// What is accepted is printed in a form that gives the same time again.
extern "C" int fuzz_base_parse_utc(const std::uint8_t* data, std::size_t size) {
    const auto time = fairlead::parse_utc({reinterpret_cast<const char*>(data), size});
    if (time && fairlead::parse_utc(fairlead::format_utc(*time)) != time) std::abort();
    return 0;
}
