#include "base/json_path.h"
#include <cstdint>
#include <cstdlib>

// What is taken is a pointer, which is taken as it is; a path holds nothing that would have to be read as more than a
// name.
extern "C" int fuzz_base_json_location(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto place = fairlead::json_location(text);
    if (!place.ok()) return 0;
    const auto& pointer = place.value();
    if (!pointer.empty() && pointer.front() != '/') std::abort();
    if (fairlead::json_location(pointer).value() != pointer) std::abort();
    if (text.starts_with('$') && pointer.find_first_of("\\\n") != std::string::npos) std::abort();
    return 0;
}
