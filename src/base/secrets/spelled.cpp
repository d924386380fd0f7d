#include "base/secrets/spelled.h"
#include <algorithm>
#include <array>
#include <optional>
#include <set>
#include <string>
#include <utility>

namespace fairlead {

namespace {

constexpr std::size_t most_backslashes = 16; // one that was escaped four times
constexpr std::size_t most_nested = 4;       // %25252F
constexpr std::size_t steps_at_least = 1000000, steps_per_byte = 50;
constexpr std::uint32_t at_start = 0x100; // the character before a value's first one

// What stands at a place of a text, read in one of the possible ways.
struct Reading {
    std::array<char, 4> bytes{};
    std::size_t size = 0;
    std::size_t end = 0;

    std::string_view text() const { return {bytes.data(), size}; }
};

struct Readings {
    std::array<Reading, 8> all;
    std::size_t count = 0;

    void add_byte(unsigned byte, std::size_t end) {
        if (count == all.size()) return;
        Reading& one = all[count++];
        one = {};
        one.bytes[one.size++] = static_cast<char>(byte);
        one.end = end;
    }

    void add_character(char32_t c, std::size_t end) {
        if (c < 0x80) return add_byte(static_cast<unsigned>(c), end);
        if (count == all.size() || c > 0x10FFFF) return;
        Reading& one = all[count++];
        one = {};
        const auto put = [&](char32_t byte) { one.bytes[one.size++] = static_cast<char>(byte); };
        const auto rest = [&](unsigned shift) { put(0x80 | ((c >> shift) & 0x3F)); };
        if (c < 0x800) {
            put(0xC0 | (c >> 6U));
        } else if (c < 0x10000) {
            put(0xE0 | (c >> 12U));
            rest(6);
        } else {
            put(0xF0 | (c >> 18U));
            rest(12);
            rest(6);
        }
        rest(0);
        one.end = end;
    }

    // A number that may be a byte or, beyond ASCII, a character of Latin-1.
    void add_either(unsigned value, std::size_t end) {
        add_byte(value, end);
        if (value >= 0x80) add_character(value, end);
    }
};

int digit_of(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    const char small = static_cast<char>(c | 0x20);
    return small >= 'a' && small <= 'f' ? small - 'a' + 10 : -1;
}

struct Number {
    char32_t value = 0;
    std::size_t digits = 0;
};

Number number_at(std::string_view text, std::size_t at, int base, std::size_t most) {
    Number number;
    while (number.digits < most && at + number.digits < text.size()) {
        const int digit = digit_of(text[at + number.digits]);
        if (digit < 0 || digit >= base) break;
        number.value = std::min<char32_t>(number.value * static_cast<unsigned>(base) + static_cast<unsigned>(digit),
                                          0x110000); // no character, whatever follows
        ++number.digits;
    }
    return number;
}

bool stands(std::string_view text, std::size_t at, std::string_view word) {
    return text.substr(std::min(at, text.size())).starts_with(word);
}

// uXXXX, for what UTF-16 takes two units for twice; `introducer` stands before each.
void read_units(std::string_view text, std::size_t at, std::string_view introducer, Readings& readings) {
    const auto high = number_at(text, at, 16, 4);
    if (high.digits != 4) return;
    at += 4;
    if (high.value < 0xD800 || high.value > 0xDBFF) return readings.add_character(high.value, at);
    if (!stands(text, at, introducer)) return;
    const auto low = number_at(text, at + introducer.size(), 16, 4);
    if (low.digits != 4 || low.value < 0xDC00 || low.value > 0xDFFF) return;
    readings.add_character(0x10000 + ((high.value - 0xD800) << 10U) + (low.value - 0xDC00), at + introducer.size() + 4);
}

void read_percent(std::string_view text, std::size_t at, Readings& readings) {
    std::size_t digits = at + 1;
    for (std::size_t nested = 0; nested <= most_nested; ++nested) {
        if (const auto byte = number_at(text, digits, 16, 2); byte.digits == 2)
            readings.add_either(static_cast<unsigned>(byte.value), digits + 2);
        if (!stands(text, digits, "25")) break;
        digits += 2;
    }
    if (stands(text, at, "%u") || stands(text, at, "%U")) read_units(text, at + 2, text.substr(at, 2), readings);
}

bool is_letter_or_digit(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); }

// u{2F}, x{2F}
bool read_braces(std::string_view text, std::size_t at, Readings& readings) {
    if (!stands(text, at, "{")) return false;
    const auto code = number_at(text, at + 1, 16, 8);
    const auto end = at + 1 + code.digits;
    if (code.digits > 0 && stands(text, end, "}")) readings.add_character(code.value, end + 1);
    return true;
}

void read_backslash(std::string_view text, std::size_t at, Readings& readings) {
    std::size_t run = 1;
    while (run < most_backslashes && at + run < text.size() && text[at + run] == '\\') ++run;
    for (std::size_t taken = 2; taken <= std::min<std::size_t>(run, 8); taken *= 2) readings.add_byte('\\', at + taken);
    const auto behind = at + run;
    if (behind >= text.size()) return;
    constexpr std::string_view letters = "nrtbfvae", meant = "\n\r\t\b\f\v\a\x1b";
    const char c = text[behind];
    if (const auto letter = letters.find(c); letter != letters.npos)
        return readings.add_byte(static_cast<unsigned char>(meant[letter]), behind + 1);
    if (c == 'u') {
        if (!read_braces(text, behind + 1, readings)) read_units(text, behind + 1, text.substr(at, run + 1), readings);
    } else if (c == 'U') {
        const auto code = number_at(text, behind + 1, 16, 8);
        if (code.digits == 8) readings.add_character(code.value, behind + 9);
    } else if (c == 'x') {
        if (read_braces(text, behind + 1, readings)) return;
        if (const auto byte = number_at(text, behind + 1, 16, 2); byte.digits == 2)
            readings.add_either(static_cast<unsigned>(byte.value), behind + 3);
    } else if (const auto octal = number_at(text, behind, 8, 3); octal.digits > 0) {
        if (octal.value < 0x100) readings.add_byte(static_cast<unsigned>(octal.value), behind + octal.digits);
    } else if (!is_letter_or_digit(c)) {
        readings.add_byte(static_cast<unsigned char>(c), behind + 1);
    }
}

struct Named {
    std::string_view name;
    char32_t character;
};

constexpr Named named[] = {
    {"amp", '&'},      {"lt", '<'},       {"gt", '>'},        {"quot", '"'},     {"apos", '\''},    {"AMP", '&'},
    {"LT", '<'},       {"GT", '>'},       {"QUOT", '"'},      {"Tab", '\t'},     {"NewLine", '\n'}, {"excl", '!'},
    {"num", '#'},      {"dollar", '$'},   {"percnt", '%'},    {"lpar", '('},     {"rpar", ')'},     {"ast", '*'},
    {"midast", '*'},   {"plus", '+'},     {"comma", ','},     {"period", '.'},   {"sol", '/'},      {"colon", ':'},
    {"semi", ';'},     {"equals", '='},   {"quest", '?'},     {"commat", '@'},   {"lsqb", '['},     {"lbrack", '['},
    {"bsol", '\\'},    {"rsqb", ']'},     {"rbrack", ']'},    {"Hat", '^'},      {"lowbar", '_'},   {"grave", '`'},
    {"lcub", '{'},     {"lbrace", '{'},   {"verbar", '|'},    {"vert", '|'},     {"rcub", '}'},     {"rbrace", '}'},
    {"euro", 0x20AC},  {"ndash", 0x2013}, {"mdash", 0x2014},  {"lsquo", 0x2018}, {"rsquo", 0x2019}, {"ldquo", 0x201C},
    {"rdquo", 0x201D}, {"bull", 0x2022},  {"hellip", 0x2026}, {"OElig", 0x152},  {"oelig", 0x153},  {"Scaron", 0x160},
    {"scaron", 0x161}, {"Yuml", 0x178},   {"fnof", 0x192},    {"trade", 0x2122}};

// U+00A0 to U+00FF, in order.
constexpr std::string_view latin1[] = {
    "nbsp",   "iexcl",  "cent",   "pound",  "curren", "yen",    "brvbar", "sect",   "uml",    "copy",   "ordf",
    "laquo",  "not",    "shy",    "reg",    "macr",   "deg",    "plusmn", "sup2",   "sup3",   "acute",  "micro",
    "para",   "middot", "cedil",  "sup1",   "ordm",   "raquo",  "frac14", "frac12", "frac34", "iquest", "Agrave",
    "Aacute", "Acirc",  "Atilde", "Auml",   "Aring",  "AElig",  "Ccedil", "Egrave", "Eacute", "Ecirc",  "Euml",
    "Igrave", "Iacute", "Icirc",  "Iuml",   "ETH",    "Ntilde", "Ograve", "Oacute", "Ocirc",  "Otilde", "Ouml",
    "times",  "Oslash", "Ugrave", "Uacute", "Ucirc",  "Uuml",   "Yacute", "THORN",  "szlig",  "agrave", "aacute",
    "acirc",  "atilde", "auml",   "aring",  "aelig",  "ccedil", "egrave", "eacute", "ecirc",  "euml",   "igrave",
    "iacute", "icirc",  "iuml",   "eth",    "ntilde", "ograve", "oacute", "ocirc",  "otilde", "ouml",   "divide",
    "oslash", "ugrave", "uacute", "ucirc",  "uuml",   "yacute", "thorn",  "yuml"};

std::optional<char32_t> character_named(std::string_view name) {
    for (const auto& one : named)
        if (one.name == name) return one.character;
    for (std::size_t i = 0; i < std::size(latin1); ++i)
        if (latin1[i] == name) return static_cast<char32_t>(0xA0 + i);
    return std::nullopt;
}

void read_reference(std::string_view text, std::size_t at, Readings& readings) {
    std::size_t begin = at + 1;
    for (std::size_t nested = 0; nested < most_nested && stands(text, begin, "amp;"); ++nested) {
        readings.add_byte('&', begin + 4);
        begin += 4;
    }
    if (stands(text, begin, "#")) {
        const bool is_hex = stands(text, begin + 1, "x") || stands(text, begin + 1, "X");
        const auto first = begin + (is_hex ? 2U : 1U);
        const auto code = number_at(text, first, is_hex ? 16 : 10, 10);
        const auto end = first + code.digits;
        if (code.digits > 0) readings.add_character(code.value, end + (stands(text, end, ";") ? 1U : 0U));
        return;
    }
    const auto end = text.substr(begin, 10).find(';');
    if (end == text.npos) return;
    if (const auto character = character_named(text.substr(begin, end)))
        readings.add_character(*character, begin + end + 1);
}

bool introduces(char c) { return c == '%' || c == '\\' || c == '&' || c == '+'; }

Readings readings_at(std::string_view text, std::size_t at) {
    Readings readings;
    switch (text[at]) {
    case '%': read_percent(text, at, readings); break;
    case '\\': read_backslash(text, at, readings); break;
    case '&': read_reference(text, at, readings); break;
    case '+': readings.add_byte(' ', at + 1); break;
    default: break;
    }
    return readings;
}

// Where `value` ends that begins at `at`, by the reading that takes most of the text; 0: it doesn't stand there. Each
// step is counted, and none is done beyond `most`.
std::size_t end_of(std::string_view value, std::string_view text, std::size_t at, std::size_t& steps,
                   std::size_t most) {
    std::size_t longest = 0;
    std::set<std::pair<std::size_t, std::size_t>> open = {{0, at}}; // of value and text; each pair once
    while (!open.empty() && ++steps <= most) {
        const auto [done, here] = *open.begin();
        open.erase(open.begin());
        if (done == value.size()) {
            longest = std::max(longest, here);
            continue;
        }
        if (here >= text.size()) continue;
        if (text[here] == value[done]) open.emplace(done + 1, here + 1);
        if (!introduces(text[here])) continue;
        const auto readings = readings_at(text, here);
        for (std::size_t i = 0; i < readings.count; ++i) {
            const auto& one = readings.all[i];
            if (value.substr(done).starts_with(one.text())) open.emplace(done + one.size, one.end);
        }
    }
    return longest;
}

std::uint32_t key_of(std::uint32_t before, char c) { return (before << 8U) | static_cast<unsigned char>(c); }

std::uint32_t byte_at(std::string_view text, std::size_t at) { return static_cast<unsigned char>(text[at]); }

}

void Spelled::add(std::string_view value) {
    // Of a longer run there are too many readings.
    if (value.find(std::string(9, '\\')) != value.npos) return;
    for (std::size_t i = 0; i < value.size(); ++i)
        places_[key_of(i == 0 ? at_start : byte_at(value, i - 1), value[i])].push_back({value, i});
}

std::vector<Range> Spelled::find(std::string_view text) const {
    // A secret that repeats itself in a text made for it could be looked for at every place from every place. What
    // isn't looked through is hidden as a whole: nothing that is honest comes near the limit.
    const std::size_t most = steps_at_least + steps_per_byte * text.size();
    std::size_t steps = 0;
    std::vector<Range> found;
    const auto look = [&](std::uint32_t before, const Reading& reading, std::size_t at) {
        const auto same = places_.find(key_of(before, reading.bytes[0]));
        if (same == places_.end()) return;
        for (const auto& [value, offset] : same->second) {
            if (++steps > most) return;
            if (offset > at || text.substr(at - offset, offset) != value.substr(0, offset)) continue;
            if (!value.substr(offset).starts_with(reading.text())) continue;
            const auto end = end_of(value.substr(offset), text, at, steps, most);
            if (end > 0) found.push_back({at - offset, end});
        }
    };
    for (std::size_t at = 0; at < text.size(); ++at) {
        if (!introduces(text[at])) continue;
        const auto readings = readings_at(text, at);
        for (std::size_t i = 0; i < readings.count; ++i) {
            look(at_start, readings.all[i], at);
            if (at > 0) look(byte_at(text, at - 1), readings.all[i], at);
        }
        if (steps > most) {
            found.push_back({at, text.size()});
            break;
        }
    }
    return found;
}

}
