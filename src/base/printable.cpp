#include "base/printable.h"
#include "base/secrets/secret.h"
#include "base/text.h"
#include "base/utf8.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead {

bool steers(char32_t c) {
    return c < 0x20 || (c >= 0x7F && c <= 0x9F) || c == 0x61C || c == 0x200E || c == 0x200F ||
           (c >= 0x2028 && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069);
}

std::string printable(std::string_view text) {
    const bool plain =
        std::all_of(text.begin(), text.end(), [](char c) { return (c >= 0x20 && c < 0x7F) || c == '\n' || c == '\t'; });
    if (plain) return std::string(text);
    std::string shown;
    while (!text.empty()) {
        const CodePoint point = decode_front(text);
        const bool kept = point.value == U'\n' || point.value == U'\t';
        if (!point.valid)
            shown += "\xEF\xBF\xBD";
        else if (steers(point.value) && !kept)
            shown += fmt::format("\\u{:04x}", static_cast<unsigned>(point.value));
        else
            shown.append(text.substr(0, point.bytes));
        text.remove_prefix(point.bytes);
    }
    return shown;
}

std::string one_line(std::string_view text) { return replace_all(printable(text), "\n", "\\n"); }

std::string shortened(std::string_view text, std::size_t most) {
    if (text.size() <= most) return one_line(text);
    const auto whole = mask(text); // before it is cut: no half of a secret is left
    text = whole;
    if (text.size() <= most) return one_line(text);
    while (most > 0 && (static_cast<unsigned char>(text[most]) & 0xC0) == 0x80) --most;
    return one_line(text.substr(0, most)) + "...";
}

}
