#include "base/text.h"
#include <cstdint>
#include <cstdlib>

// The first line is the pattern, the rest the path. A path without special characters matches itself, and `**` all.
extern "C" int fuzz_base_glob_match(const std::uint8_t* data, std::size_t size) {
    const std::string_view input(reinterpret_cast<const char*>(data), size);
    const std::size_t end = input.find('\n');
    if (end == std::string_view::npos) return 0;
    const std::string_view path = input.substr(end + 1);
    (void)fairlead::glob_match(input.substr(0, end), path);
    if (!fairlead::glob_match("**", path)) std::abort();
    const bool plain = path.find_first_of("*?[]{}") == std::string_view::npos;
    if (plain && !fairlead::glob_match(path, path)) std::abort();
    return 0;
}
