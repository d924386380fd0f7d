#include "read/python/python_tokens.h"
#include "base/text.h"
#include "base/utf8.h"
#include <algorithm>

namespace fairlead::read {

namespace {

using PythonKind = PythonToken::Kind;

bool is_python_blank(char c) { return c == ' ' || c == '\t' || c == '\f'; }
bool begins_name(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || static_cast<unsigned char>(c) >= 0x80;
}
bool is_of_name(char c) { return begins_name(c) || is_digit(c); }
bool ends_line(char c) { return c == '\n' || c == '\r'; }

class PythonReader {
  public:
    PythonReader(std::string_view text, std::vector<Problem>& problems) : text_(text), problems_(problems) {
        if (text_.starts_with("\xEF\xBB\xBF")) at_ = line_start_ = 3;
    }

    std::vector<PythonLine> read() {
        if (!valid_utf8(text_)) problem("the file is not UTF-8; save it as UTF-8");
        if (text_.find('\0') != text_.npos) problem("the file holds a NUL byte, which Python can't read; remove it");
        begin_line();
        while (at_ < text_.size()) step();
        if (!open_.empty())
            problems_.push_back({open_.back().line, open_.back().column,
                                 "'" + open_.back().text + "' is opened here and never closed; close it"});
        end_line();
        return std::move(lines_);
    }

  private:
    void problem(std::string message) { problems_.push_back({line_number_, column(), std::move(message)}); }
    int column() const { return static_cast<int>(at_ - std::min(at_, line_start_)) + 1; }
    char here(std::size_t further = 0) const { return at_ + further < text_.size() ? text_[at_ + further] : '\0'; }

    void count_line() { // at its end
        at_ += here() == '\r' && here(1) == '\n' ? 2 : 1;
        ++line_number_;
        line_start_ = at_;
    }

    void begin_line() {
        line_.indent = 0;
        for (; is_python_blank(here()); ++at_) {
            if (here() == '\t')
                line_.indent = (line_.indent / 8 + 1) * 8;
            else
                line_.indent = here() == '\f' ? 0 : line_.indent + 1;
        }
    }

    void end_line() {
        if (!line_.tokens.empty()) lines_.push_back(std::move(line_));
        line_ = {};
    }

    void step() {
        const char c = here();
        if (ends_line(c)) {
            count_line();
            if (!open_.empty()) return;
            end_line();
            begin_line();
        } else if (is_python_blank(c)) {
            ++at_;
        } else if (c == '#') {
            while (at_ < text_.size() && !ends_line(here())) ++at_;
        } else if (c == '\\' && ends_line(here(1))) {
            ++at_;
            count_line();
        } else if (c == '"' || c == '\'') {
            string("");
        } else if (is_digit(c) || (c == '.' && is_digit(here(1)))) {
            number();
        } else if (begins_name(c)) {
            name();
        } else {
            sign();
        }
    }

    PythonToken token(PythonKind kind) const { return {kind, "", line_number_, column()}; }

    void name() {
        auto made = token(PythonKind::name);
        const auto begin = at_;
        while (is_of_name(here())) ++at_;
        made.text = text_.substr(begin, at_ - begin);
        const bool is_prefix =
            made.text.size() <= 2 && lower(made.text).find_first_not_of("rbuft") == std::string::npos;
        if (is_prefix && (here() == '"' || here() == '\'')) return string(lower(made.text));
        line_.tokens.push_back(std::move(made));
    }

    void number() {
        auto made = token(PythonKind::number);
        const auto begin = at_;
        while (is_of_name(here()) || here() == '.' ||
               ((here() == '+' || here() == '-') && (text_[at_ - 1] == 'e' || text_[at_ - 1] == 'E')))
            ++at_;
        made.text = text_.substr(begin, at_ - begin);
        line_.tokens.push_back(std::move(made));
    }

    void sign() {
        constexpr std::string_view longer[] = {
            "**=", "//=", ">>=", "<<=", "...", "+=", "-=", "*=", "/=", "%=", "&=", "|=",
            "^=",  "@=",  "==",  "!=",  "<=",  ">=", ":=", "->", "**", "//", "<<", ">>"};
        auto made = token(PythonKind::sign);
        const auto rest = text_.substr(at_);
        const auto* found =
            std::find_if(std::begin(longer), std::end(longer), [&](auto one) { return rest.starts_with(one); });
        made.text = found == std::end(longer) ? std::string(1, here()) : std::string(*found);
        const char c = made.text.front();
        if (c == '(' || c == '[' || c == '{') open_.push_back(made);
        if (c == ')' || c == ']' || c == '}') {
            const char wanted = c == ')' ? '(' : c == ']' ? '[' : '{';
            if (open_.empty() || open_.back().text.front() != wanted)
                problem("'" + made.text + "' is not open here; remove it, or open it");
            else
                open_.pop_back();
        }
        at_ += made.text.size();
        line_.tokens.push_back(std::move(made));
    }

    void string(const std::string& prefix) {
        auto made = token(PythonKind::text);
        const char quote = here();
        const bool is_long = here(1) == quote && here(2) == quote;
        const bool is_raw = prefix.find('r') != prefix.npos;
        const bool fills = prefix.find('f') != prefix.npos || prefix.find('t') != prefix.npos;
        is_plain_ = prefix.find('b') == prefix.npos && prefix.find('t') == prefix.npos;
        at_ += is_long ? 3 : 1;
        for (;;) {
            if (at_ >= text_.size() || (!is_long && ends_line(here()))) {
                problems_.push_back({made.line, made.column, "a string begins here and is never closed; close it"});
                is_plain_ = false;
                break;
            }
            if (here() == quote && (!is_long || (here(1) == quote && here(2) == quote))) {
                at_ += is_long ? 3 : 1;
                break;
            }
            if (fills && (here() == '{' || here() == '}')) is_plain_ = false;
            if (here() == '\\')
                escape(is_raw, made.text);
            else
                letter(made.text);
        }
        if (!is_plain_) made.kind = PythonKind::dynamic;
        line_.tokens.push_back(std::move(made));
    }

    void letter(std::string& text) {
        if (ends_line(here())) {
            text += '\n';
            count_line();
        } else {
            text += text_[at_++];
        }
    }

    void escape(bool is_raw, std::string& text) {
        ++at_;
        if (at_ >= text_.size()) return;
        if (is_raw) {
            text += '\\';
            return letter(text);
        }
        if (ends_line(here())) return count_line();
        constexpr std::string_view letters = "abfnrtv\\'\"", meant = "\a\b\f\n\r\t\v\\'\"";
        const char c = text_[at_];
        if (const auto known = letters.find(c); known != letters.npos) {
            text += meant[known];
            ++at_;
        } else if (c == 'x' || c == 'u' || c == 'U') {
            ++at_;
            number_of(c == 'x' ? 2 : c == 'u' ? 4 : 8, 16, text);
        } else if (c >= '0' && c <= '7') {
            number_of(3, 8, text);
        } else {
            is_plain_ = is_plain_ && c != 'N'; // a letter by its name
            text += '\\';
        }
    }

    void number_of(int digits, unsigned base, std::string& text) {
        constexpr std::string_view known = "0123456789abcdef";
        unsigned value = 0;
        int count = 0;
        for (; count < digits; ++count, ++at_) {
            const char small = here() >= 'A' && here() <= 'F' ? static_cast<char>(here() - 'A' + 'a') : here();
            const auto digit = known.find(small);
            if (here() == '\0' || digit == known.npos || digit >= base) break;
            value = value * base + static_cast<unsigned>(digit);
        }
        const bool is_letter = value > 0 && value < 0x110000 && (value < 0xD800 || value > 0xDFFF);
        if ((base == 16 && count < digits) || !is_letter)
            is_plain_ = false;
        else
            append_utf8(text, value);
    }

    std::string_view text_;
    std::vector<Problem>& problems_;
    std::size_t at_ = 0, line_start_ = 0;
    int line_number_ = 1;
    bool is_plain_ = true;
    PythonLine line_;
    std::vector<PythonLine> lines_;
    std::vector<PythonToken> open_; // brackets
};

}

std::vector<PythonLine> python_lines(std::string_view text, std::vector<Problem>& problems) {
    return PythonReader(text, problems).read();
}

}
