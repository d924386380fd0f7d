// Any bytes give a value or one error with its file.
#include "sys/data/toml.h"
#include "sys/data/json.h"
#include <cstdint>
#include <cstdlib>

extern "C" int fuzz_sys_toml(const std::uint8_t* data, std::size_t size) {
    const auto parsed = fairlead::sys::parse_toml({reinterpret_cast<const char*>(data), size}, "f");
    if (parsed.ok() ? !parsed.value().is_object() : parsed.error().place.file != "f") std::abort();
    return 0;
}
