#include "scan/rules/letters.h"
#include "base/text.h"
#include "scan/rules/check.h"
#include <algorithm>
#include <cstdint>
#include <iterator>

namespace fairlead::scan {

int base64_value(char letter) {
    if (letter >= 'A' && letter <= 'Z') return letter - 'A';
    if (letter >= 'a' && letter <= 'z') return letter - 'a' + 26;
    if (letter >= '0' && letter <= '9') return letter - '0' + 52;
    if (letter == '+' || letter == '-') return 62;
    if (letter == '/' || letter == '_') return 63;
    return -1;
}

std::string decode_base64(std::string_view text) {
    std::string bytes;
    std::uint32_t pending = 0;
    int bits = 0;
    for (const char letter : text) {
        const int value = base64_value(letter);
        if (value < 0) break;
        pending = ((pending << 6) | static_cast<std::uint32_t>(value)) & 0xffffffu;
        if ((bits += 6) >= 8) bytes += static_cast<char>((pending >> (bits -= 8)) & 0xffu);
    }
    return bytes;
}

bool has_digit(std::string_view text) { return text.find_first_of("0123456789") != text.npos; }

bool stands_for_one(std::string_view password) {
    return has_any(lower(password), {"password", "secret", "passwd", "****"});
}

namespace {

enum class Letter { lower, upper, digit, other };
Letter letter_of(char c) {
    if (c >= 'a' && c <= 'z') return Letter::lower;
    if (c >= 'A' && c <= 'Z') return Letter::upper;
    return c >= '0' && c <= '9' ? Letter::digit : Letter::other;
}

}

bool is_random(std::string_view text) {
    std::size_t pieces = 0, digits = 0, hex = 0, letters = 0;
    Letter last = Letter::other, before = Letter::other;
    for (const char c : text) {
        const Letter letter = letter_of(c);
        if (letter == Letter::other) continue;
        (letter == Letter::digit ? digits : letters) += 1;
        hex += (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
        const bool capitalised = last == Letter::upper && letter == Letter::lower;
        pieces += letter != last && !(capitalised && before != Letter::upper);
        before = last;
        last = letter;
    }
    const std::size_t size = digits + letters, others = text.size() - size;
    if (digits == 0 || letters == 0 || others * 4 > text.size()) return false;
    if (hex == size && size >= 20) return letters * 8 >= size; // sixteen letters make no words
    return pieces * 3 >= size;
}

bool is_hex(std::string_view text) { return text.find_first_not_of("0123456789ABCDEFabcdef") == text.npos; }

bool is_hash(std::string_view password) {
    return has_any(password.substr(0, 7), {"{SHA}", "{SSHA", "$apr1$", "$1$", "$5$", "$6$", "$2a$", "$2b$", "$2y$"});
}

bool is_uuid(std::string_view text) {
    constexpr std::size_t length = 36, dashes[] = {8, 13, 18, 23};
    return text.size() == length &&
           std::all_of(std::begin(dashes), std::end(dashes), [&](std::size_t at) { return text[at] == '-'; }) &&
           text.find_first_not_of("0123456789ABCDEFabcdef-") == text.npos;
}

bool is_words(std::string_view secret) {
    std::string plain = lower(secret);
    constexpr std::string_view digits = "013457", letters = "oleast";
    for (char& c : plain)
        if (const std::size_t at = digits.find(c); at != digits.npos) c = letters[at];
    if (secret.size() < 24 && has_any(plain, {"token", "secret", "passw", "letme"})) return true;
    const std::string text = decode_base64(secret);
    const bool readable = std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c < 0x7f; });
    if (text.size() < 8 || text.size() * 4 / 3 + 3 < secret.size() || !readable) return false;
    return !is_random(text) || is_placeholder(text) || is_hash(std::string_view(text).substr(text.find(':') + 1));
}

}
