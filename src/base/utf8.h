#pragma once
#include <cstddef>
#include <string>
#include <string_view>

namespace fairlead {

struct CodePoint {
    char32_t value = 0; // for a wrong byte: U+DC80 to U+DCFF, which no valid text contains
    std::size_t bytes = 1;
    bool valid = false;
};

// Decodes the first code point of a text that isn't empty (RFC 3629: no surrogates, no overlong forms, up to U+10FFFF).
CodePoint decode_front(std::string_view text);

void append_utf8(std::string& out, char32_t code); // up to U+10FFFF, except surrogates

}
