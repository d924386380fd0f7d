#include "base/utf8.h"

namespace fairlead {

namespace {

struct Form { // of a code point of `bytes` bytes
    unsigned lead_mask, lead, payload;
    std::size_t bytes;
    char32_t least; // below it the form is overlong
};
constexpr Form forms[] = {{0x80, 0x00, 0x7F, 1, 0x0},
                          {0xE0, 0xC0, 0x1F, 2, 0x80},
                          {0xF0, 0xE0, 0x0F, 3, 0x800},
                          {0xF8, 0xF0, 0x07, 4, 0x10000}};

}

CodePoint decode_front(std::string_view text) {
    const auto byte_at = [&](std::size_t i) { return static_cast<unsigned>(static_cast<unsigned char>(text[i])); };
    const CodePoint wrong{0xDC00U + byte_at(0), 1, false};
    for (const Form& form : forms) {
        if ((byte_at(0) & form.lead_mask) != form.lead) continue;
        if (text.size() < form.bytes) return wrong;
        char32_t value = byte_at(0) & form.payload;
        for (std::size_t i = 1; i < form.bytes; ++i) {
            if ((byte_at(i) & 0xC0U) != 0x80U) return wrong;
            value = value << 6U | (byte_at(i) & 0x3FU);
        }
        const bool surrogate = value >= 0xD800 && value <= 0xDFFF;
        if (value < form.least || surrogate || value > 0x10FFFF) return wrong;
        return {value, form.bytes, true};
    }
    return wrong;
}

void append_utf8(std::string& out, char32_t code) {
    const auto put = [&out](char32_t byte) { out += static_cast<char>(byte); };
    if (code < 0x80) return put(code);
    if (code < 0x800) {
        put(0xC0U | (code >> 6U));
    } else if (code < 0x10000) {
        put(0xE0U | (code >> 12U));
        put(0x80U | ((code >> 6U) & 0x3FU));
    } else {
        put(0xF0U | (code >> 18U));
        put(0x80U | ((code >> 12U) & 0x3FU));
        put(0x80U | ((code >> 6U) & 0x3FU));
    }
    put(0x80U | (code & 0x3FU));
}

}
