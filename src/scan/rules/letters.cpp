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

bool is_base64(std::string_view text) {
    const std::size_t padding = text.find('=');
    const std::string_view letters = text.substr(0, padding);
    const std::string plain = decode_base64(text);
    return plain.size() == letters.size() * 3 / 4 && (padding == text.npos || text.size() - padding <= 2) &&
           std::all_of(plain.begin(), plain.end(), [](unsigned char c) { return c >= 0x20 || c == '\n'; });
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

namespace {

// Letters of both sizes and digits: nobody writes that for a word in a manual.
bool is_mixed(std::string_view text) {
    constexpr std::size_t shortest = 7;
    const auto has = [&](char first, char last) {
        return std::any_of(text.begin(), text.end(), [&](char c) { return c >= first && c <= last; });
    };
    text = text.substr(0, text.find_first_of("\\%&=")); // what follows an escape is something else
    return text.size() >= shortest && has('a', 'z') && has('A', 'Z') && has('0', '9');
}

}

bool stands_for_one(std::string_view password) {
    std::string rest(password);
    const std::string plain = lower(password);
    bool has_word = plain.find("****") != plain.npos;
    for (const std::string_view word : {"password", "secret", "passwd"})
        for (auto at = lower(rest).find(word); at != rest.npos; at = lower(rest).find(word)) {
            rest.erase(at, word.size());
            has_word = true;
        }
    if (!has_word) return false;
    // SuperSecret123! is a password of somebody, YourPassword123! isn't
    return !is_mixed(rest) || has_any(plain, {"your", "change", "test", "example", "sample", "enter", "here", "strong",
                                              "secure", "default", "****"});
}

bool is_encrypted(std::string_view value) {
    constexpr std::string_view marks[] = {"ENC[AES256_GCM", "ENC(", "{cipher}", "vault:v1:", "$ANSIBLE_VAULT;"};
    return std::any_of(std::begin(marks), std::end(marks), [&](auto mark) { return value.starts_with(mark); });
}

bool is_algorithm(std::string_view value) {
    constexpr std::size_t longest = 24;
    const std::string plain = lower(value);
    constexpr std::string_view marks[] = {"secp",    "sect",    "prime256", "prime192",   "brainpoolp", "nistp",
                                          "ed25519", "x25519",  "ed448",    "curve25519", "chacha20",   "aes-",
                                          "aes128",  "aes192",  "aes256",   "rsa-sha",    "rsa2048",    "rsa4096",
                                          "a128cbc", "a192cbc", "a256cbc",  "a128gcm",    "a192gcm",    "a256gcm"};
    return value.size() <= longest &&
           std::any_of(std::begin(marks), std::end(marks), [&](auto mark) { return plain.starts_with(mark); });
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
