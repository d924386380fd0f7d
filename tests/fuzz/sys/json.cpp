// Any bytes give a value that survives being written and read, or one error with a place.
#include "sys/data/json.h"
#include <cstdint>
#include <cstdlib>

using namespace fairlead::sys;

extern "C" int fuzz_sys_json(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto split = text.find('\n'); // what follows the first line is also asked for as a pointer
    const auto result = parse_json(text, "f");
    if (!result.ok()) {
        if (result.error().kind != fairlead::Kind::no || result.error().place.line < 1) std::abort();
        return 0;
    }
    const auto again = parse_json(dump_json(result.value()), "f");
    if (!again.ok() || again.value() != result.value()) std::abort();
    if (split != text.npos) static_cast<void>(json_pointer(result.value(), text.substr(split)));
    static_cast<void>(json_pointer(result.value(), "/0/a/~0"));
    return 0;
}
