#include "sys/pattern/script_cursor.h"
#include <array>
#include <fmt/format.h>

namespace fairlead::sys {
namespace {

struct CharacterSet {
    char32_t letter;
    std::string_view members; // between the brackets of a class
};
#define FAIRLEAD_BLANKS                                                                                                \
    "\\x{9}-\\x{d}\\x{20}\\x{a0}\\x{1680}\\x{2000}-\\x{200a}\\x{2028}\\x{2029}\\x{202f}\\x{205f}\\x{3000}\\x{feff}"
#define FAIRLEAD_NO_BLANKS                                                                                             \
    "\\x{0}-\\x{8}\\x{e}-\\x{1f}\\x{21}-\\x{9f}\\x{a1}-\\x{167f}\\x{1681}-\\x{1fff}\\x{200b}-\\x{2027}"                \
    "\\x{202a}-\\x{202e}\\x{2030}-\\x{205e}\\x{2060}-\\x{2fff}\\x{3001}-\\x{fefe}\\x{ff00}-\\x{10ffff}"
constexpr std::array<CharacterSet, 6> sets = {
    {{U'd', "0-9"},
     {U'D', "\\x{0}-\\x{2f}\\x{3a}-\\x{10ffff}"},
     {U'w', "0-9A-Za-z_"},
     {U'W', "\\x{0}-\\x{2f}\\x{3a}-\\x{40}\\x{5b}-\\x{5e}\\x{60}\\x{7b}-\\x{10ffff}"},
     {U's', FAIRLEAD_BLANKS},
     {U'S', FAIRLEAD_NO_BLANKS}}};
#undef FAIRLEAD_BLANKS
#undef FAIRLEAD_NO_BLANKS
constexpr std::u32string_view syntax_characters = U"^$\\.*+?()[]{}|/";

}

std::u32string code_points(std::string_view text) {
    std::u32string out;
    for (std::size_t at = 0; at < text.size();) {
        const auto first = static_cast<unsigned char>(text[at]);
        const std::size_t size = first < 0x80 ? 1 : first < 0xC0 ? 0 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
        char32_t code = size == 1 ? first : first & (0xFFU >> (size + 1));
        bool good = size > 0 && at + size <= text.size();
        for (std::size_t i = 1; good && i < size; ++i) {
            const auto byte = static_cast<unsigned char>(text[at + i]);
            good = (byte & 0xC0U) == 0x80U;
            code = (code << 6) | (byte & 0x3FU);
        }
        good = good && code <= 0x10FFFF && (code < 0xD800 || code > 0xDFFF);
        out += good ? code : U'\uFFFD';
        at += good ? size : 1;
    }
    return out;
}

std::string pcre_literal(char32_t code) {
    if (is_script_digit(code) || is_script_letter(code)) return std::string(1, static_cast<char>(code));
    return fmt::format("\\x{{{:x}}}", static_cast<std::uint32_t>(code));
}

bool ScriptCursor::take(std::u32string_view text) {
    if (!more() || pattern_.substr(at_, text.size()) != text) return false;
    at_ += text.size();
    return true;
}

void ScriptCursor::refuse(std::string_view reason) {
    if (!refused_) refused_ = reason;
    at_ = pattern_.size();
}

// `\d` and the like, and Unicode's properties; empty: something else.
std::string ScriptCursor::take_set() {
    const auto c = peek();
    for (const auto& set : sets)
        if (set.letter == c) {
            ++at_;
            return std::string(set.members);
        };
    if (!unicode_ || (c != U'p' && c != U'P')) return {};
    const auto end = pattern_.find(U'}', at_);
    if (peek(1) != U'{' || end == pattern_.npos) return refuse("Invalid property name"), std::string();
    std::string name;
    for (const auto letter : pattern_.substr(at_ + 2, end - at_ - 2)) {
        if (!is_script_letter(letter) && !is_script_digit(letter) && letter != U'_' && letter != U'=')
            return refuse("Invalid property name"), std::string();
        name += static_cast<char>(letter);
    }
    if (name.empty()) return refuse("Invalid property name"), std::string();
    at_ = end + 1;
    return fmt::format("\\{}{{{}}}", static_cast<char>(c), name);
}

// The digits of base 16 from `offset` on, exactly `count`.
std::optional<char32_t> ScriptCursor::hexadecimal(std::size_t offset, std::size_t count) const {
    char32_t value = 0;
    for (std::size_t i = 0; i < count; ++i) {
        const auto c = peek(offset + i);
        const bool letter = (c >= U'a' && c <= U'f') || (c >= U'A' && c <= U'F');
        if (!is_script_digit(c) && !letter) return std::nullopt;
        value = value * 16 + (letter ? (c | 0x20U) - U'a' + 10 : c - U'0');
    }
    return value;
}

char32_t ScriptCursor::take_character(In where) {
    static constexpr std::u32string_view letters = U"tnvfr", controls = U"\t\n\v\f\r";
    const auto c = peek();
    ++at_;
    if (const auto known = letters.find(c); known != letters.npos) return controls[known];
    if (c == U'c') return control(where);
    if (c == U'x' || c == U'u') return hexadecimal_escape(c);
    if (is_script_digit(c)) return octal(c);
    if (unicode_ && syntax_characters.find(c) == syntax_characters.npos && (where == In::pattern || c != U'-'))
        return refuse("Invalid escape"), U'\0';
    return c;
}

char32_t ScriptCursor::control(In where) {
    const auto c = peek();
    if (is_script_letter(c) || (where == In::character_class && !unicode_ && (is_script_digit(c) || c == U'_')))
        return ++at_, c % 32;
    if (unicode_) return refuse("Invalid unicode escape"), U'\0';
    --at_; // the backslash stands for itself
    return U'\\';
}

char32_t ScriptCursor::hexadecimal_escape(char32_t kind) {
    if (kind == U'u' && unicode_ && peek() == U'{') {
        const auto end = pattern_.find(U'}', at_);
        const auto code =
            end == pattern_.npos || end == at_ + 1 || end > at_ + 9 ? std::nullopt : hexadecimal(1, end - at_ - 1);
        if (!code || *code > 0x10FFFF) return refuse("Invalid Unicode escape"), U'\0';
        at_ = end + 1;
        return *code;
    }
    const std::size_t size = kind == U'x' ? 2 : 4;
    const auto code = hexadecimal(0, size);
    if (!code && unicode_) return refuse(kind == U'x' ? "Invalid escape" : "Invalid Unicode escape"), U'\0';
    if (!code) return kind;
    at_ += size;
    if (*code < 0xD800 || *code > 0xDBFF || peek() != U'\\' || peek(1) != U'u') return *code;
    const auto low = hexadecimal(2, 4); // the other half of a character beyond U+FFFF
    if (!low || *low < 0xDC00 || *low > 0xDFFF) return *code;
    at_ += 6;
    return 0x10000 + ((*code - 0xD800) << 10) + (*low - 0xDC00);
}

char32_t ScriptCursor::octal(char32_t first) {
    if (unicode_ && (first != U'0' || is_script_digit(peek()))) return refuse("Invalid decimal escape"), U'\0';
    if (first > U'7') return first;
    char32_t value = first - U'0';
    for (int i = 0; i < 2 && peek() >= U'0' && peek() <= U'7' && value * 8 + (peek() - U'0') < 256; ++i)
        value = value * 8 + (pattern_[at_++] - U'0');
    return value;
}

}
