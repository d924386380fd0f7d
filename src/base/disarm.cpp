#include "base/disarm.h"
#include "base/utf8.h"
#include <algorithm>
#include <utility>

namespace fairlead {

namespace {

// What the runner trims or does not see before a command: white space in Unicode's sense, control characters and
// characters without width, which its comparisons ignore.
bool is_blank(char32_t c) {
    constexpr std::pair<char32_t, char32_t> ranges[] = {
        {0x00, 0x20},     {0x7F, 0xA0},     {0xAD, 0xAD},     {0x34F, 0x34F},   {0x61C, 0x61C},   {0x115F, 0x1160},
        {0x1680, 0x1680}, {0x17B4, 0x17B5}, {0x180B, 0x180F}, {0x2000, 0x200F}, {0x2028, 0x202F}, {0x205F, 0x206F},
        {0x3000, 0x3000}, {0x3164, 0x3164}, {0xFE00, 0xFE0F}, {0xFEFF, 0xFEFF}, {0xFFA0, 0xFFA0}, {0xFFF0, 0xFFFB}};
    return std::any_of(std::begin(ranges), std::end(ranges),
                       [&](const auto& range) { return range.first <= c && c <= range.second; });
}

bool ends_line(char32_t c) { return c == U'\n' || c == U'\r'; }

}

std::string disarm(std::string_view text) {
    const bool suspicious = text.find("::") != std::string_view::npos || text.find("##[") != std::string_view::npos;
    if (!suspicious) return std::string(text);
    std::string safe;
    safe.reserve(text.size() + 16);
    bool at_start = true; // of a line, blanks aside
    while (!text.empty()) {
        if (at_start && text.starts_with("::")) safe += '\\';
        if (text.starts_with("##[")) {
            safe += "##\\";
            text.remove_prefix(2);
            at_start = false;
        }
        const CodePoint point = decode_front(text);
        safe.append(text.substr(0, point.bytes));
        text.remove_prefix(point.bytes);
        at_start = ends_line(point.value) || (at_start && is_blank(point.value));
    }
    return safe;
}

}
