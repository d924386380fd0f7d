#include "sys/data/json_line.h"
#include "base/text.h"
#include "base/utf8.h"
#include <algorithm>
#include <bit>
#include <cstdint>
#include <cstring>

namespace fairlead::sys {

namespace {

constexpr std::uint64_t ones = 0x0101010101010101u, tops = 0x8080808080808080u;

static_assert(std::endian::native == std::endian::little); // the first letter is in the lowest byte

// The top bit of the lowest byte that is 0; higher bits mean nothing.
std::uint64_t first_zero(std::uint64_t bytes) { return (bytes - ones) & ~bytes & tops; }

bool is_plain(char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte >= 0x20 && byte < 0x80 && byte != '"' && byte != '\\';
}

// How many letters at the start mean themselves in a string.
std::size_t plain_letters(std::string_view text) {
    std::size_t at = 0;
    for (; at + 8 <= text.size(); at += 8) {
        std::uint64_t bytes = 0;
        std::memcpy(&bytes, text.data() + at, 8);
        const auto controls = (bytes - ones * 0x20) & ~bytes;
        const auto others =
            (controls | first_zero(bytes ^ (ones * '"')) | first_zero(bytes ^ (ones * '\\')) | bytes) & tops;
        if (others != 0) return at + static_cast<std::size_t>(std::countr_zero(others)) / 8;
    }
    while (at < text.size() && is_plain(text[at])) ++at;
    return at;
}

}

void PlainLine::blanks() {
    while (!rest_.empty() && (rest_[0] == ' ' || rest_[0] == '\t' || rest_[0] == '\r' || rest_[0] == '\n'))
        rest_.remove_prefix(1);
}

bool PlainLine::eat(char c) {
    blanks();
    if (rest_.empty() || rest_[0] != c) return false;
    rest_.remove_prefix(1);
    return true;
}

bool PlainLine::read(std::string_view object, const TakeText& take) {
    rest_ = object;
    if (!eat('{')) return false;
    if (!eat('}')) {
        do
            if (!member(take)) return false;
        while (eat(','));
        if (!eat('}')) return false;
    }
    blanks();
    return rest_.empty();
}

bool PlainLine::member(const TakeText& take) {
    std::string_view name, value;
    blanks();
    if (!text(name, name_) || !eat(':')) return false;
    blanks();
    if (rest_.empty()) return false;
    if (rest_[0] != '"') return scalar();
    if (!text(value, value_)) return false;
    take(name, value);
    return true;
}

// `out` is within the line if nothing is escaped, else in `unescaped`.
bool PlainLine::text(std::string_view& out, std::string& unescaped) {
    if (rest_.empty() || rest_[0] != '"') return false;
    rest_.remove_prefix(1);
    auto plain = plain_letters(rest_);
    if (plain < rest_.size() && rest_[plain] == '"') {
        out = rest_.substr(0, plain);
        rest_.remove_prefix(plain + 1);
        return true;
    }
    for (unescaped.clear();; plain = plain_letters(rest_)) {
        unescaped += rest_.substr(0, plain);
        rest_.remove_prefix(plain);
        if (rest_.empty()) return false;
        const bool ends = rest_[0] == '"';
        if (!ends && rest_[0] != '\\') return false;
        rest_.remove_prefix(1);
        out = unescaped;
        if (ends) return true;
        if (!escape(unescaped)) return false;
    }
}

bool PlainLine::escape(std::string& out) {
    constexpr std::string_view letters = "\"\\/bfnrt", meant = "\"\\/\b\f\n\r\t";
    if (rest_.empty()) return false;
    if (const auto at = letters.find(rest_[0]); at != std::string_view::npos) {
        out += meant[at];
        rest_.remove_prefix(1);
        return true;
    }
    if (rest_[0] != 'u' || rest_.size() < 5) return false;
    const auto bytes = from_hex(rest_.substr(1, 4));
    if (!bytes) return false;
    const auto code =
        static_cast<char32_t>(static_cast<unsigned char>((*bytes)[0]) << 8 | static_cast<unsigned char>((*bytes)[1]));
    if (code >= 0xD800 && code < 0xE000) return false;
    append_utf8(out, code);
    rest_.remove_prefix(5);
    return true;
}

bool PlainLine::scalar() {
    switch (rest_[0]) {
    case 't': return word("true");
    case 'f': return word("false");
    case 'n': return word("null");
    default: return number();
    }
}

bool PlainLine::word(std::string_view expected) {
    if (!rest_.starts_with(expected)) return false;
    rest_.remove_prefix(expected.size());
    return true;
}

bool PlainLine::number() {
    constexpr std::string_view digits = "0123456789";
    constexpr std::size_t longest = 18;
    const auto take = [&] {
        const auto count = std::min(rest_.find_first_not_of(digits), rest_.size());
        rest_.remove_prefix(count);
        return count;
    };
    const auto all = rest_.size();
    if (rest_[0] == '-') rest_.remove_prefix(1);
    const bool begins_with_zero = rest_.starts_with('0');
    const auto whole = take();
    if (whole == 0 || (begins_with_zero && whole > 1)) return false;
    if (rest_.starts_with('.')) {
        rest_.remove_prefix(1);
        if (take() == 0) return false;
    }
    return all - rest_.size() <= longest && !rest_.starts_with('e') && !rest_.starts_with('E');
}

}
