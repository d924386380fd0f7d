#include "scan/rules/glance.h"
#include "base/text.h"
#include <algorithm>
#include <charconv>
#include <optional>

namespace fairlead::scan {
namespace {

bool is_word(char c) { // \w
    return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}
bool is_nibble(char c) { return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }
bool is_space(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

bool has_choice(std::string_view pattern) { // outside of parentheses
    int depth = 0;
    bool in_class = false;
    for (std::size_t i = 0; i < pattern.size(); ++i) {
        const char c = pattern[i];
        if (c == '\\') ++i;
        if (c == ']') in_class = false;
        if (c == '[') in_class = true;
        if (!in_class && c == '(') ++depth;
        if (!in_class && c == ')') --depth;
        if (!in_class && c == '|' && depth == 0) return true;
    }
    return false;
}

// One letter of a pattern, or of a class; nothing: it is more than that.
std::optional<char> take_letter(std::string_view& pattern) {
    if (pattern.empty()) return std::nullopt;
    std::size_t size = 1;
    if (pattern[0] == '\\') {
        if (pattern.size() < 2 || is_word(pattern[1])) return std::nullopt; // \d, \n
        size = 2;
    }
    const char letter = pattern[size - 1];
    pattern.remove_prefix(size);
    return letter;
}

// [0-9A-Za-z_-]; false: of another form.
bool take_class(std::string_view& pattern, std::bitset<256>& letters) {
    pattern.remove_prefix(1);
    if (pattern.starts_with('^')) return false;
    while (!pattern.empty() && pattern[0] != ']') {
        if (pattern[0] == '[') return false;
        const auto first = take_letter(pattern);
        auto last = first;
        if (first && pattern.size() > 1 && pattern[0] == '-' && pattern[1] != ']') {
            pattern.remove_prefix(1);
            last = take_letter(pattern);
        }
        if (!first || !last) return false;
        for (int c = static_cast<unsigned char>(*first); c <= static_cast<unsigned char>(*last); ++c)
            letters.set(static_cast<std::size_t>(c));
    }
    if (pattern.empty()) return false;
    pattern.remove_prefix(1);
    return true;
}

// How often at least; `is_exact`: and at most. {n}, {n,m}, +
bool take_count(std::string_view& pattern, std::size_t& count, bool& is_exact) {
    is_exact = true;
    count = 1;
    if (pattern.empty() || std::string_view("{+*?").find(pattern[0]) == std::string_view::npos) return true;
    is_exact = false;
    if (pattern[0] != '{') return pattern[0] == '+';
    const std::size_t end = pattern.find('}');
    if (end == pattern.npos) return false;
    const auto [rest, error] = std::from_chars(pattern.data() + 1, pattern.data() + end, count);
    is_exact = rest == pattern.data() + end;
    pattern.remove_prefix(end + 1);
    return error == std::errc();
}

// After what only looks like a part of a word (rule.cpp, `boundary`).
bool may_begin_word(std::string_view before) {
    constexpr std::size_t longest = 32; // of an escape
    if (before.empty() || !is_word(before.back())) return true;
    const std::string_view near = before.substr(before.size() - std::min(before.size(), longest));
    return near.find_first_of("\\%\x1b") != near.npos ||
           (near.size() == longest && std::all_of(near.begin(), near.end(), is_nibble));
}

// "--api-key …", "ENV API_KEY …" (rule.cpp, `spaced`)
bool may_be_spaced(std::string_view before, std::string_view rest) {
    constexpr std::size_t longest_ending = 8, longest_name = 44; // entials, and hyphens
    std::size_t letters = 0;
    while (letters < rest.size() && letters < longest_ending && is_word(rest[letters])) ++letters;
    if (letters == rest.size() || !is_space(rest[letters])) return false;
    std::size_t begin = before.size();
    while (begin > 0 && before.size() - begin < longest_name &&
           (is_word(before[begin - 1]) || before[begin - 1] == '-'))
        --begin;
    if (before.substr(begin).find("--") != before.npos) return true;
    std::size_t end = begin;
    while (end > 0 && begin - end < 3 && is_space(before[end - 1])) --end;
    const std::string word = lower(before.substr(0, end).substr(end - std::min<std::size_t>(end, 3)));
    return end < begin && (word == "env" || word == "arg");
}

std::string_view without_spaces(std::string_view text) {
    while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
    return text;
}

// Whether a value may follow where a name ends (rule.cpp: assigned, paired, enclosed, listed).
bool may_lead_to_value(std::string_view rest) {
    constexpr std::string_view quotes = "\\\"'`%&", assigns = ":.?=|%\\";
    const char c = rest.front();
    if (c == '|') return rest.starts_with("||");
    const std::string_view next = without_spaces(rest.substr(1));
    const auto is_one_of = [&](std::string_view letters) {
        return !next.empty() && letters.find(next.front()) != letters.npos;
    };
    if (c == ']') return is_one_of(assigns);
    if (quotes.find(c) == quotes.npos) return true;
    if (c == '"' || c == '\'' || c == '`') return is_one_of(assigns) || is_one_of(quotes) || is_one_of("],>vV");
    return true; // it is spelt with several letters
}

// A name with the keyword, and then what assigns a value to it (rule.cpp, near_expression).
bool may_be_assigned(std::string_view before, std::string_view rest) {
    constexpr std::size_t longest = 26; // of the rest of a name, with blanks and dots
    std::size_t name = 0;
    while (name < rest.size() && (is_word(rest[name]) || rest[name] == ' ' || rest[name] == '.' || rest[name] == '-'))
        ++name;
    const bool ends = name == rest.size() || rest[name] == '\n';
    const bool is_near = name <= longest || rest[name - 1] == ' ';
    if (!ends && is_near && std::string_view("\\\"'`%&]:\t\r\f\v?=>|").find(rest[name]) != std::string_view::npos &&
        may_lead_to_value(rest.substr(name)))
        return true;
    return may_be_spaced(before, rest);
}

}

Glance::Glance(const Rule& rule) : shape_(rule.shape), follows_(rule.follows) {
    const bool is_token = shape_ == Shape::token || shape_ == Shape::sealed;
    if (!is_token || has_choice(rule.pattern)) return;
    bool in_prefix = true;
    for (std::string_view rest = rule.pattern; !rest.empty();) {
        Step step;
        const bool is_class = rest[0] == '[';
        if (!is_class && std::string_view("(^$.*+?{|)]").find(rest[0]) != std::string_view::npos) break;
        char letter = '\0';
        if (is_class && !take_class(rest, step.letters)) break;
        if (!is_class) {
            const auto taken = take_letter(rest);
            if (!taken) break;
            letter = *taken;
            step.letters.set(static_cast<unsigned char>(letter));
        }
        bool is_exact = true;
        if (!take_count(rest, step.count, is_exact)) break;
        in_prefix = in_prefix && !is_class && is_exact && step.count == 1;
        if (in_prefix) prefix_ += letter;
        head_.push_back(step);
        if (!is_exact) break;
    }
    prefix_ = lower(prefix_);
}

bool Glance::begins_like(std::string_view rest) const {
    for (const Step& step : head_) {
        if (rest.size() < step.count) return false;
        for (const char c : rest.substr(0, step.count))
            if (!step.letters[static_cast<unsigned char>(c)]) return false;
        rest.remove_prefix(step.count);
    }
    return true;
}

bool Glance::may_match(std::string_view text, std::size_t keyword_begin, std::size_t keyword_end) const {
    const std::string_view before = text.substr(0, keyword_begin), rest = text.substr(keyword_end);
    if (follows_) return follows_(rest);
    if (shape_ == Shape::near) return may_be_assigned(before, rest);
    if (head_.empty()) return true;
    const std::string_view keyword = text.substr(keyword_begin, keyword_end - keyword_begin);
    if (!std::string_view(prefix_).starts_with(lower(keyword))) return true; // it stands elsewhere in the pattern
    return begins_like(text.substr(keyword_begin)) && (shape_ == Shape::sealed || may_begin_word(before));
}

bool has_password_in_url(std::string_view rest) {
    constexpr std::size_t longest_user = 65; // and the colon
    const std::size_t end = rest.substr(0, longest_user).find_first_of(" \t\n\v\f\r:/@\"'<>");
    return end != rest.npos && rest[end] == ':';
}

bool is_followed_by_login(std::string_view rest) {
    return !rest.empty() && (is_space(rest[0]) || std::string_view("\\\"':=").find(rest[0]) != std::string_view::npos);
}

}
