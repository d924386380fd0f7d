#include "base/text.h"
#include "base/utf8.h"
#include "smoke/hurl/text_filters.h"
#include <algorithm>

namespace fairlead::smoke::hurl {

std::string html_escaped(std::string_view text) {
    std::string out;
    for (const char c : text) {
        switch (c) {
        case '&': out += "&amp;"; break;
        case '<': out += "&lt;"; break;
        case '>': out += "&gt;"; break;
        case '"': out += "&quot;"; break;
        case '\'': out += "&#x27;"; break;
        default: out += c;
        }
    }
    return out;
}

namespace {

// The numbers 128 to 159 stand for the letters of windows-1252 (HTML, 13.2.5.80).
constexpr char32_t windows_letters[] = {8364, 129,  8218, 402,  8222, 8230, 8224, 8225, 710,  8240, 352,
                                        8249, 338,  141,  381,  143,  144,  8216, 8217, 8220, 8221, 8226,
                                        8211, 8212, 732,  8482, 353,  8250, 339,  157,  382,  376};

// Controls and code points that no text has: their references vanish. Python's html.unescape, which Hurl follows, has
// the same list.
bool is_no_letter(char32_t code) {
    const bool is_control =
        code < 0x20 && std::string_view("\t\n\f\r").find(static_cast<char>(code)) == std::string::npos;
    return is_control || code == 0x7F || (code >= 0xFDD0 && code <= 0xFDEF) || (code & 0xFFFEU) == 0xFFFE;
}

void append_numbered(std::string& out, char32_t code) {
    if (code >= 128 && code < 160) return append_utf8(out, windows_letters[code - 128]);
    if (code == 0 || code > 0x10FFFF || (code >= 0xD800 && code <= 0xDFFF)) return append_utf8(out, 0xFFFD);
    if (!is_no_letter(code)) append_utf8(out, code);
}

int digit_of(char c, unsigned base) {
    const char low = c >= 'A' && c <= 'F' ? static_cast<char>(c - 'A' + 'a') : c;
    if (is_digit(low)) return low - '0';
    return base == 16 && low >= 'a' && low <= 'f' ? low - 'a' + 10 : -1;
}

// Reads behind "&#"; returns the bytes that belong to the reference, 0: there is none.
std::size_t numbered(std::string& out, std::string_view text) {
    const unsigned base = text.starts_with('x') || text.starts_with('X') ? 16 : 10;
    const std::size_t begin = base == 16 ? 1 : 0;
    std::size_t end = begin;
    char32_t code = 0;
    for (; end < text.size() && digit_of(text[end], base) >= 0; ++end)
        code = std::min<char32_t>(code * base + static_cast<char32_t>(digit_of(text[end], base)), 0x110000);
    if (end == begin) return 0;
    append_numbered(out, code);
    return end + (text.substr(end).starts_with(';') ? 1 : 0);
}

// Reads behind "&". The letters up to U+00FF need no semicolon, and then the longest name counts: &notit; is ¬it;
std::size_t named(std::string& out, std::string_view text) {
    constexpr std::size_t longest = 32;
    const auto end = std::min({text.find_first_of("\t\n\f <&#;"), longest, text.size()});
    if (text.substr(end).starts_with(';')) {
        if (const auto letter = html_letter(text.substr(0, end))) {
            append_utf8(out, letter);
            return end + 1;
        }
    }
    for (auto size = end; size > 1; --size) {
        const auto letter = html_letter(text.substr(0, size));
        if (letter == 0 || letter > 0xFF || text.substr(0, size) == "apos") continue;
        append_utf8(out, letter);
        return size;
    }
    return 0;
}

}

std::string html_unescaped(std::string_view text) {
    std::string out;
    while (!text.empty()) {
        const auto plain = std::min(text.find('&'), text.size());
        out += text.substr(0, plain);
        text.remove_prefix(plain);
        if (text.empty()) break;
        text.remove_prefix(1);
        const bool has_number = text.starts_with('#');
        const auto taken = has_number ? numbered(out, text.substr(1)) : named(out, text);
        if (taken == 0)
            out += '&';
        else
            text.remove_prefix(taken + (has_number ? 1 : 0));
    }
    return out;
}

}
