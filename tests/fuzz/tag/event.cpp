#include "tag/source/event.h"
#include <cstdint>

extern "C" int fuzz_tag_event(const std::uint8_t* data, std::size_t size) {
    fairlead::tag::Notes notes;
    const auto event = fairlead::tag::parse_event({reinterpret_cast<const char*>(data), size}, "event.json", notes);
    if (!event.ok() && event.error().kind != fairlead::Kind::usage) __builtin_trap();
    return 0;
}
