#include "tag/version/semver.h"
#include <cstdint>

// What is read is written so that it reads as the same; the order is one.
extern "C" int fuzz_tag_semver(const std::uint8_t* data, std::size_t size) {
    using namespace fairlead::tag;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto a = parse_semver(text.substr(0, size / 2)), b = parse_semver(text.substr(size / 2));
    for (const auto& version : {a, b}) {
        if (!version) continue;
        const auto again = parse_semver(version->text());
        if (!again || compare(*again, *version) != 0) __builtin_trap();
    }
    if (a && b && (compare(*a, *b) < 0) != (compare(*b, *a) > 0)) __builtin_trap();
    return 0;
}
