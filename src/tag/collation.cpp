#include "tag/collation.h"
#include <algorithm>
#include <array>
#include <cstdint>
#include <vector>

namespace fairlead::tag {

namespace {

constexpr std::string_view ascii_order =
    "\t\n\v\f\r _-,;:!?.'\"()[]{}@*/\\&#%`^+<=>|~$0123456789aAbBcCdDeEfFgGhHiIjJkKlLmMnNoOpPqQrRsStTuUvVwWxXyYzZ";

// Latin letters with an accent: base letters of U+00C0 to U+017F; '.' for what is a letter of its own.
constexpr std::string_view latin_bases = "AAAAAA.CEEEEIIII.NOOOOO.OUUUUY..aaaaaa.ceeeeiiii.nooooo.ouuuuy.y"
                                         "AaAaAaCcCcCcCcDdDdEeEeEeEeEeGgGgGgGgHhHhIiIiIiIiIi..JjKk.LlLlLlLlLlNnNnNn..."
                                         "OoOoOo..RrRrRrSsSsSsSsTtTtTtUuUuUuUuUuUuWwYyYZzZzZz.";

struct Weights {
    std::uint32_t primary;   // letter; 0: ignored
    std::uint32_t secondary; // accent
    std::uint32_t tertiary;  // case
};

char32_t next_code_point(std::string_view& text) {
    const auto first = static_cast<unsigned char>(text[0]);
    const std::size_t size = first < 0x80 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
    char32_t code = size == 1 ? first : first & (0xFFu >> (size + 1));
    if (first >= 0x80 && (first < 0xC0 || text.size() < size)) { // wrong UTF-8: a byte for itself
        text.remove_prefix(1);
        return 0xFFFD;
    }
    for (std::size_t i = 1; i < size; ++i) code = (code << 6) | (static_cast<unsigned char>(text[i]) & 0x3Fu);
    text.remove_prefix(size);
    return code;
}

Weights ascii_weights(char character, std::uint32_t accent) {
    const auto at = ascii_order.find(character);
    if (at == std::string_view::npos) return {0, 0, 0}; // control characters don't count
    const auto letters = ascii_order.find('a');
    if (at < letters) return {static_cast<std::uint32_t>(at) + 1, accent, 0};
    const auto letter = at - letters;
    return {static_cast<std::uint32_t>(letters + letter / 2) + 1, accent, static_cast<std::uint32_t>(letter % 2)};
}

std::vector<Weights> weights_of(std::string_view text) {
    std::vector<Weights> all;
    while (!text.empty()) {
        const auto code = next_code_point(text);
        Weights weights{0x1000 + static_cast<std::uint32_t>(code), 0, 0};
        if (code < 0x80)
            weights = ascii_weights(static_cast<char>(code), 0);
        else if (code >= 0xC0 && code - 0xC0 < latin_bases.size() && latin_bases[code - 0xC0] != '.')
            weights = ascii_weights(latin_bases[code - 0xC0], static_cast<std::uint32_t>(code & ~char32_t{0x20}));
        if (weights.primary != 0) all.push_back(weights);
    }
    return all;
}

}

std::strong_ordering collate(std::string_view a, std::string_view b) {
    const auto first = weights_of(a), second = weights_of(b);
    for (const auto member : {&Weights::primary, &Weights::secondary, &Weights::tertiary}) {
        for (std::size_t i = 0; i < std::min(first.size(), second.size()); ++i)
            if (const auto order = first[i].*member <=> second[i].*member; order != 0) return order;
        if (const auto order = first.size() <=> second.size(); order != 0) return order;
    }
    return std::strong_ordering::equal;
}

}
