#include "smoke/hurl/pattern.h"
#include "base/text.h"
#include "smoke/hurl/values/properties.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::smoke::hurl {

namespace {

struct UnicodeClass {
    char letter;
    std::string_view members; // in RE2's syntax, inside of brackets
};
// Unicode TR 18, annex C, as far as RE2 has the properties: its \w lacks no letter that occurs in a word.
constexpr UnicodeClass unicode_classes[] = {
    {'d', R"(\p{Nd})"},
    {'w', R"(\p{L}\p{M}\p{Nd}\p{Nl}\p{Pc}\x{200C}\x{200D})"},
    {'s', R"(\t-\r\x{85}\p{Z})"},
};

// The letters that may follow a backslash, besides d s w p x u U; all else that is escaped is no letter and no digit.
constexpr std::string_view escaped_letters = "aftnrvAzbB";

bool is_letter_or_digit(char c) { return is_digit(c) || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z'); }

constexpr int most_wraps = 100;

// Translates from left to right; `refused` says why it stopped.
class Translation {
  public:
    explicit Translation(std::string_view text) : text_(text) {}
    std::string out;
    std::vector<std::string> names{""};
    std::string refused;

    void run() {
        while (at_ < text_.size() && refused.empty()) step();
        if (depth_ > 0 && refused.empty()) refused = "a ] is missing";
    }

  private:
    struct Flags {
        bool verbose = false, unicode = true; // x, u
    };
    struct Group {
        std::size_t begin; // in `out`
        Flags flags;       // outside of it
    };
    bool sees(std::string_view word) const { return text_.substr(at_).starts_with(word); }
    char peek(std::size_t ahead = 0) const { return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0'; }
    // The number of bytes up to the end of `mark`, or of the text.
    std::size_t through(std::string_view mark) const {
        const auto found = text_.find(mark, at_);
        return found == text_.npos ? text_.size() - at_ : found + mark.size() - at_;
    }
    void copy(std::size_t count) {
        const auto piece = text_.substr(at_, count);
        out += piece;
        at_ += piece.size();
    }
    void copy_character() {
        do copy(1);
        while (at_ < text_.size() && (static_cast<unsigned char>(text_[at_]) & 0xC0) == 0x80);
    }
    bool skip_layout() { // blanks and comments of the flag x
        if (!flags_.verbose) return false;
        const auto begin = at_;
        while (blanks.find(peek()) != blanks.npos)
            if (++at_ >= text_.size()) return true;
        if (peek() == '#') at_ += through("\n");
        return at_ > begin;
    }

    void step() {
        if (skip_layout()) return;
        const char c = peek();
        if (depth_ > 0) return c == '\\' ? escape() : member();
        if (c == '*' || c == '+' || c == '?' || c == '{') return repetition();
        if (c == ')') return close_group();
        atom_ = out.size();
        is_repeated_ = false;
        if (c == '\\') return escape();
        if (c == '[') return open_class();
        if (c == '(') return open_group();
        copy_character();
    }
    void escape() {
        const char letter = peek(1);
        for (const UnicodeClass& row : unicode_classes) {
            const bool is_negated = letter == row.letter - 'a' + 'A';
            if (letter != row.letter && !(is_negated && (depth_ == 0 || letter == 'D'))) continue;
            if (!flags_.unicode) break;
            at_ += 2;
            return add_members(row.members, is_negated);
        }
        if (letter == 'u' || letter == 'U' || letter == 'x') return code(letter);
        if (letter == 'p' || letter == 'P') return property(letter == 'P');
        if (letter == 'b' && peek(2) == '{' && !is_digit(peek(3))) {
            refused = "\\b{start} and the like are not supported; write \\b";
            return;
        }
        constexpr std::string_view classes = "dswDSW";
        if (is_letter_or_digit(letter) && escaped_letters.find(letter) == escaped_letters.npos &&
            classes.find(letter) == classes.npos) {
            refused = fmt::format("\\{} is not an escape; write \\\\ for a backslash", letter);
            return;
        }
        at_ += 1;
        out += '\\';
        if (at_ < text_.size()) copy_character();
    }
    void add_members(std::string_view members, bool is_negated) {
        if (depth_ == 0)
            out += fmt::format("[{}{}]", is_negated ? "^" : "", members);
        else if (!is_negated)
            out += members;
        else if (members.starts_with("\\p{") && members.find('}') == members.size() - 1)
            out += fmt::format("\\P{}", members.substr(2));
        else
            refused = "the opposite of this property is not supported within brackets";
    }
    void property(bool is_negated) { // \p{Greek}, \pL
        at_ += 2;
        const bool has_braces = peek() == '{';
        const auto written = text_.substr(at_, has_braces ? through("}") : 1);
        at_ += written.size();
        const auto name = has_braces ? written.substr(1, std::max<std::size_t>(written.size(), 2) - 2) : written;
        const auto members = members_of_property(name);
        if (members) return add_members(*members, is_negated);
        refused = fmt::format("the property '{}' is not supported; scripts and general categories are", name);
    }
    // \x41, \u0041, \U00000041 and all of them with braces
    void code(char letter) {
        const std::size_t digits = letter == 'x' ? 2 : letter == 'u' ? 4 : 8;
        at_ += 2;
        if (sees("{")) {
            out += "\\x";
            return copy(through("}"));
        }
        const auto number = text_.substr(at_, digits);
        if (number.size() < digits) refused = "a code of \\x or \\u is too short";
        out += fmt::format("\\x{{{}}}", number);
        at_ += number.size();
    }
    void open_class() {
        depth_ = 1;
        copy(1);
        if (sees("^")) copy(1);
        begin_members();
    }
    void begin_members() {
        if (!sees("]") && !sees("-")) return;
        out += sees("]") ? "\\]" : "\\-"; // the first one is a member
        ++at_;
    }
    void member() {
        if (sees("[:")) return copy(through(":]"));
        // Rust reads these as sets, RE2 as letters. A set within another one is more members of that.
        if (sees("[^") || sees("&&") || sees("--") || sees("~~")) {
            refused = "[^ within brackets, && -- and ~~ are not supported; escape them by a backslash";
        } else if (sees("[")) {
            ++depth_;
            ++at_;
            begin_members();
        } else if (sees("]")) {
            if (--depth_ == 0) out += ']';
            ++at_;
        } else if (sees("-]")) {
            out += "\\-";
            ++at_;
        } else {
            copy_character();
        }
    }
    void open_group() {
        groups_.push_back({out.size(), flags_});
        const std::size_t head = sees("(?P<") ? 4 : sees("(?<") && !sees("(?<=") && !sees("(?<!") ? 3 : 0;
        if (head > 0) {
            const auto name = text_.substr(at_ + head);
            names.emplace_back(name.substr(0, name.find('>')));
            return copy(through(">"));
        }
        if (!sees("(?")) {
            names.emplace_back();
            return copy(1);
        }
        const auto letters = text_.substr(at_ + 2, text_.find_first_not_of("imsUuxR-", at_ + 2) - at_ - 2);
        const char end = peek(2 + letters.size());
        if (end != ':' && end != ')') return copy(2); // RE2 says what is wrong
        at_ += 2 + letters.size() + 1;
        if (end == ')') groups_.pop_back();
        set_flags(letters, end);
    }
    // RE2 has no u and x, and doesn't need them.
    void set_flags(std::string_view letters, char end) {
        bool on = true;
        std::string known;
        for (const char letter : letters) {
            if (letter == 'R') refused = "the flag R is not supported; write \\r?$ for $";
            if (letter == '-')
                on = false;
            else if (letter == 'x')
                flags_.verbose = on;
            else if (letter == 'u')
                flags_.unicode = on;
            else
                known += (on || known.find('-') != known.npos ? "" : "-") + std::string(1, letter);
        }
        if (end == ':' || !known.empty()) out += "(?" + known + end;
    }
    void close_group() {
        if (!groups_.empty()) {
            atom_ = groups_.back().begin;
            flags_ = groups_.back().flags;
            groups_.pop_back();
        }
        is_repeated_ = false;
        copy(1);
    }
    // A repetition of a repetition needs a group in RE2: a++ is (?:a+)+.
    void repetition() {
        const auto counts = text_.substr(at_, peek() == '{' ? through("}") : 1);
        const bool is_counted = counts.ends_with('}') && is_digit(counts[1]) &&
                                counts.find_first_not_of("0123456789,", 1) == counts.size() - 1;
        if (peek() == '{' && !is_counted) refused = "a '{' begins no repetition; write \\{ for the character";
        if (is_repeated_) {
            if (++wraps_ > most_wraps) refused = "too many repetitions of repetitions";
            out.insert(atom_, "(?:");
            out += ')';
        }
        is_repeated_ = true;
        copy(counts.size());
        if (peek() == '?') copy(1); // lazy
    }

    std::string_view text_;
    std::size_t at_ = 0;
    int depth_ = 0; // of brackets
    Flags flags_;
    std::vector<Group> groups_;
    std::size_t atom_ = 0; // where the last one begins in `out`
    bool is_repeated_ = false;
    int wraps_ = 0; // the text may come from a server
};

}

Result<Expression> compile_expression(std::string_view text) {
    Translation translation(text);
    translation.run();
    if (!translation.refused.empty())
        return usage(fmt::format("pattern '{}' is not a regular expression: {}", text, translation.refused));
    auto pattern = sys::Pattern::compile(translation.out);
    if (pattern) return Expression{std::move(pattern).value(), std::move(translation.names)};
    // The message shows the pattern as it was written, not as it was translated.
    return usage(replace_all(std::move(pattern).error().message, translation.out, text));
}

}
