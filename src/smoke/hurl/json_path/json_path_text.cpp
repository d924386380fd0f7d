#include "smoke/hurl/json_path/json_path_text.h"
#include "base/text.h"
#include "base/utf8.h"
#include <algorithm>
#include <charconv>
#include <fmt/format.h>

namespace fairlead::smoke::hurl {

namespace {

constexpr std::int64_t largest_path_integer = 9007199254740991; // I-JSON: a double holds each integer up to it

bool begins_path_name(char c) {
    const auto letter = static_cast<char>(c | 0x20);
    return (letter >= 'a' && letter <= 'z') || c == '_' || static_cast<unsigned char>(c) >= 0x80;
}
bool is_in_path_name(char c) { return begins_path_name(c) || is_digit(c); }
// What older dialects take in a name without quotes.
bool is_in_old_path_name(char c) {
    return is_in_path_name(c) || (c != '\0' && std::string_view("-+@$#%/:~").find(c) != std::string_view::npos);
}

}

bool PathText::shorthand(std::size_t from, std::string& name) {
    const auto start = at_;
    if (begins_path_name(peek()))
        while (is_in_path_name(peek())) ++at_;
    if (at_ == start) return wrong("a name or * after the dot", dot_fix(from));
    last_name_ = {from, start, at_};
    name = text_.substr(start, at_ - start);
    return true;
}

bool PathText::integer(std::int64_t& value) {
    const auto start = at_;
    const bool is_negative = eat("-");
    const auto first = at_;
    while (is_digit(peek())) ++at_;
    const auto digits = text_.substr(first, at_ - first);
    if (digits.empty() || (digits.front() == '0' && (is_negative || digits.size() > 1)))
        return wrong_at(start, "an integer without a leading zero, such as 0, 10 or -1");
    const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (read.ec != std::errc() || value > largest_path_integer)
        return wrong_at(start, fmt::format("an integer from -{0} to {0}", largest_path_integer));
    if (is_negative) value = -value;
    return true;
}

bool PathText::quoted(std::string& out) {
    const char quote = text_[at_++];
    while (at_ == text_.size() || peek() != quote) {
        if (at_ == text_.size()) return wrong(fmt::format("a closing {}", quote));
        if (static_cast<unsigned char>(peek()) < 0x20)
            return wrong("an escape such as \\n or \\u000a instead of a control character");
        if (peek() != '\\')
            out += text_[at_++];
        else if (!escape(quote, out))
            return false;
    }
    ++at_;
    return true;
}

bool PathText::escape(char quote, std::string& out) {
    constexpr std::string_view letters = "bfnrt/\\", meant = "\b\f\n\r\t/\\";
    const char letter = peek(1);
    if (letter == 'u') return unicode_escape(out);
    const auto known = letters.find(letter);
    if (letter != quote && known == letters.npos)
        return wrong(fmt::format("an escape: \\b \\f \\n \\r \\t \\/ \\\\ \\{} or \\u with four digits", quote));
    out += letter == quote ? quote : meant[known];
    at_ += 2;
    return true;
}

bool PathText::unicode_escape(std::string& out) {
    const auto start = at_;
    auto code = code_unit();
    if (code && *code >= 0xD800 && *code <= 0xDBFF) {
        const auto low = code_unit();
        const bool is_pair = low && *low >= 0xDC00 && *low <= 0xDFFF;
        code = is_pair ? std::optional(0x10000 + ((*code - 0xD800) << 10U) + (*low - 0xDC00)) : std::nullopt;
    } else if (code && *code >= 0xDC00 && *code <= 0xDFFF) {
        code = std::nullopt;
    }
    if (!code) return wrong_at(start, "\\u with four hexadecimal digits, and another one for a surrogate pair");
    append_utf8(out, *code);
    return true;
}

std::optional<std::uint32_t> PathText::code_unit() { // of \u0041
    if (!eat("\\u")) return std::nullopt;
    const auto digits = text_.substr(at_, 4);
    std::uint32_t unit = 0;
    const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), unit, 16);
    if (digits.size() < 4 || read.ptr != digits.data() + digits.size()) return std::nullopt;
    at_ += 4;
    return unit;
}

bool PathText::wrong(std::string_view expected) { return wrong(expected, std::nullopt); }

bool PathText::wrong(std::string_view expected, std::optional<PathFix> fix) {
    expected_ = expected;
    failed_at_ = at_;
    fix_ = std::move(fix);
    if (!fix_ && last_name_.end > 0 && at_ == last_name_.end && is_in_old_path_name(peek()))
        fix_ = name_fix(last_name_.from, last_name_.start);
    return false;
}

bool PathText::wrong_at(std::size_t start, std::string_view expected) {
    at_ = start;
    return wrong(expected);
}

std::optional<PathFix> PathText::name_fix(std::size_t from, std::size_t start) const { // $.a-b
    auto end = start;
    while (end < text_.size() && is_in_old_path_name(text_[end])) ++end;
    const auto name = text_.substr(start, end - start);
    if (name.empty()) return std::nullopt;
    const bool is_index = std::all_of(name.begin(), name.end(), is_digit);
    return PathFix{from, end - from, is_index ? fmt::format("[{}]", name) : fmt::format("['{}']", name)};
}
std::optional<PathFix> PathText::dot_fix(std::size_t from) const {
    if (peek() == '[') return PathFix{from, at_ - from, ""}; // $.[0]
    if (!is_at_quote()) return name_fix(from, at_);          // $.@id
    const auto end = text_.find(peek(), at_ + 1);            // $.'a b'
    if (end == text_.npos) return std::nullopt;
    return PathFix{from, end + 1 - from, fmt::format("[{}]", text_.substr(at_, end + 1 - at_))};
}
std::optional<PathFix> PathText::bracket_fix() const { // $[name]
    auto fix = name_fix(at_, at_);
    if (fix) fix->by = fix->by.substr(1, fix->by.size() - 2);
    return fix;
}
std::optional<PathFix> PathText::root_fix() const {
    const auto blanks = std::min(text_.find_first_not_of(" \t\n\r"), text_.size());
    if (blanks > 0) return PathFix{0, blanks, ""};
    if (peek() == '@') return PathFix{0, 1, "$"};
    if (peek() == '.' || peek() == '[') return PathFix{0, 0, "$"};
    if (begins_path_name(peek())) return PathFix{0, 0, "$."};
    return std::nullopt;
}
std::optional<PathFix> PathText::rest_fix() const {
    if (text_.find_first_not_of(" \t\n\r", at_) == text_.npos) return PathFix{at_, text_.size() - at_, ""};
    if (begins_path_name(peek())) return PathFix{at_, 0, "."}; // $a
    return std::nullopt;
}
std::optional<PathFix> PathText::equals_fix() const { // @.a = 1
    if (peek() == '=' && peek(1) != '~') return PathFix{at_, 0, "="};
    return std::nullopt;
}

void PathText::skip_blanks() { at_ = std::min(text_.find_first_not_of(" \t\n\r", at_), text_.size()); }
bool PathText::begins_number() const { return peek() == '-' || is_digit(peek()); }
bool PathText::eat(std::string_view token) {
    if (text_.substr(at_, token.size()) != token) return false;
    at_ += token.size();
    return true;
}

}
