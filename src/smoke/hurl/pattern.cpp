#include "smoke/hurl/pattern.h"
#include "base/text.h"
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

// Translates from left to right; `refused` says why it stopped.
class Translation {
  public:
    explicit Translation(std::string_view text) : text_(text) {}
    std::string out;
    std::vector<std::string> names{""};
    std::string_view refused;

    void run() {
        while (at_ < text_.size() && refused.empty()) step();
        if (in_class_ && refused.empty()) refused = "a ] is missing";
    }

  private:
    bool sees(std::string_view word) const { return text_.substr(at_).starts_with(word); }
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

    void step() {
        if (text_[at_] == '\\') return escape();
        if (in_class_) return member();
        if (text_[at_] == '[') return open_class();
        if (text_[at_] == '(') return open_group();
        if (text_[at_] == '{') return repetition();
        copy(1);
    }
    void escape() {
        const char letter = at_ + 1 < text_.size() ? text_[at_ + 1] : '\0';
        for (const UnicodeClass& row : unicode_classes) {
            const bool is_negated = letter == row.letter - 'a' + 'A';
            if (letter != row.letter && !(is_negated && (!in_class_ || letter == 'D'))) continue;
            at_ += 2;
            if (!in_class_)
                out += fmt::format("[{}{}]", is_negated ? "^" : "", row.members);
            else
                out += is_negated ? R"(\P{Nd})" : row.members;
            return;
        }
        if (letter == 'u' || letter == 'U' || letter == 'x') return code(letter);
        copy(2);
        if ((letter == 'p' || letter == 'P') && sees("{")) copy(through("}"));
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
        in_class_ = true;
        copy(1);
        if (sees("^")) copy(1);
        if (!sees("]")) return;
        out += "\\]"; // the first one is a member
        ++at_;
    }
    void member() {
        if (sees("[:")) return copy(through(":]"));
        // Rust reads these as sets, RE2 as letters.
        if (sees("[") || sees("&&") || sees("--") || sees("~~")) {
            refused = "brackets within brackets, && -- and ~~ are not supported; escape them by a backslash";
            return;
        }
        in_class_ = !sees("]");
        copy(1);
    }
    void open_group() {
        if (!sees("(?")) names.emplace_back();
        const std::size_t head = sees("(?P<") ? 4 : sees("(?<") && !sees("(?<=") && !sees("(?<!") ? 3 : 0;
        if (head > 0) {
            const auto name = text_.substr(at_ + head);
            names.emplace_back(name.substr(0, name.find('>')));
        }
        copy(head > 0 ? head : 1);
    }
    void repetition() {
        const auto counts = text_.substr(at_, through("}"));
        const bool is_counted = counts.ends_with('}') && is_digit(counts[1]) &&
                                counts.find_first_not_of("0123456789,", 1) == counts.size() - 1;
        if (!is_counted) refused = "a '{' begins no repetition; write \\{ for the character";
        copy(counts.size());
    }

    std::string_view text_;
    std::size_t at_ = 0;
    bool in_class_ = false;
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
