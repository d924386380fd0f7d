#include "tag/version/pep440.h"
#include <algorithm>
#include <cstdint>

// Whether it has a number that may be above 2^53, which text() writes as the peer does: without its last digits.
static bool has_long_number(std::string_view text) {
    std::size_t digits = 0, longest = 0;
    for (const char c : text) longest = std::max(longest, digits = c >= '0' && c <= '9' ? digits + 1 : 0);
    return longest > 15;
}

// The normal form of what is read is in normal form; the order is one.
extern "C" int fuzz_tag_pep440(const std::uint8_t* data, std::size_t size) {
    using namespace fairlead::tag;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto a = parse_pep440(text.substr(0, size / 2)), b = parse_pep440(text.substr(size / 2));
    for (const auto& version : {a, b}) {
        if (!version || !version->local.empty() || has_long_number(text)) continue; // a comma joins local parts
        const auto again = parse_pep440(version->text());
        if (!again || again->text() != version->text() || compare(*again, *version) != 0) __builtin_trap();
    }
    if (a && b && (compare(*a, *b) < 0) != (compare(*b, *a) > 0)) __builtin_trap();
    return 0;
}
