#include "tag/script/collation.h"
#include <algorithm>
#include <array>
#include <cstdint>
#include <vector>

namespace fairlead::tag {

namespace {

constexpr std::string_view ascii_order =
    "\t\n\v\f\r _-,;:!?.'\"()[]{}@*/\\&#%`^+<=>|~$0123456789aAbBcCdDeEfFgGhHiIjJkKlLmMnNoOpPqQrRsStTuUvVwWxXyYzZ";

// Each letter with its accented forms in their order (ISO 8859-1 and Latin Extended-A), lower case before upper.
constexpr std::array<std::u32string_view, 19> accented = {U"aAáÁàÀăĂâÂåÅäÄãÃąĄāĀ",
                                                          U"cCćĆĉĈčČċĊçÇ",
                                                          U"dDďĎđĐðÐ",
                                                          U"eEéÉèÈĕĔêÊěĚëËėĖęĘēĒ",
                                                          U"gGğĞĝĜġĠģĢ",
                                                          U"hHĥĤħĦ",
                                                          U"iIíÍìÌĭĬîÎïÏĩĨįĮīĪ",
                                                          U"jJĵĴ",
                                                          U"kKķĶ",
                                                          U"lLĺĹľĽļĻłŁŀĿ",
                                                          U"nNńŃňŇñÑņŅ",
                                                          U"oOóÓòÒŏŎôÔöÖőŐõÕøØōŌ",
                                                          U"rRŕŔřŘŗŖ",
                                                          U"sSśŚŝŜšŠşŞ",
                                                          U"tTťŤţŢ",
                                                          U"uUúÚùÙŭŬûÛůŮüÜűŰũŨųŲūŪ",
                                                          U"wWŵŴ",
                                                          U"yYýÝŷŶÿŸ",
                                                          U"zZźŹžŽżŻ"};

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

void add_weights(char32_t code, std::vector<Weights>& all) {
    if (code < 0x80) return all.push_back(ascii_weights(static_cast<char>(code), 0));
    if (code == U'ß' || code == U'ẞ') {
        all.insert(all.end(), 2, ascii_weights('s', 99));
        return;
    }
    for (const auto forms : accented) {
        const auto at = forms.find(code);
        if (at == forms.npos) continue;
        return all.push_back(ascii_weights(static_cast<char>(forms[at % 2]), static_cast<std::uint32_t>(at / 2)));
    }
    all.push_back({0x1000 + static_cast<std::uint32_t>(code), 0, 0});
}

std::vector<Weights> weights_of(std::string_view text) {
    std::vector<Weights> all;
    while (!text.empty()) add_weights(next_code_point(text), all);
    std::erase_if(all, [](const Weights& weights) { return weights.primary == 0; });
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
