#include "scan/gitleaks/line_pattern.h"
#include "base/text.h"
#include <algorithm>
#include <charconv>

namespace fairlead::scan::gitleaks {
namespace {

// Copies an expression, and counts the newlines that its parts may match. What it isn't sure of counts as one.
class Walk {
  public:
    Walk(std::string_view expression, bool closed) : rest_(expression), closed_(closed) {}

    LinePattern run() {
        while (!rest_.empty()) {
            result_.most_newlines = std::max(result_.most_newlines, alternatives());
            if (!rest_.empty()) copy(1); // a ')' of nothing
        }
        return std::move(result_);
    }

  private:
    std::size_t alternatives() {
        const bool dot_all = dot_all_; // flags count to the end of the group
        std::size_t most = sequence();
        while (rest_.starts_with('|')) {
            copy(1);
            most = std::max(most, sequence());
        }
        dot_all_ = dot_all;
        return most;
    }
    std::size_t sequence() {
        std::size_t sum = 0;
        while (!rest_.empty() && rest_[0] != '|' && rest_[0] != ')') {
            const std::size_t one = atom();
            sum = std::min(sum + std::min(one * repetitions(), many_newlines), many_newlines);
        }
        return sum;
    }

    std::size_t atom() {
        switch (rest_[0]) {
        case '(': return group();
        case '[': return letters();
        case '\\': return escape();
        case '^': return begin(1);
        case '$': return end(1);
        case '.': copy(1); return dot_all_ ? 1 : 0;
        default: return copy(1) == "\n" ? 1 : 0;
        }
    }
    std::size_t begin(std::size_t length) {
        replace(length, "(?m:^)");
        result_.has_begin = true;
        return 0;
    }
    std::size_t end(std::size_t length) {
        replace(length, closed_ ? "(?m:^)" : "(?m:$|^)");
        result_.has_end = true;
        return 0;
    }

    std::size_t group() { // (…) (?:…) (?P<name>…) (?<name>…) (?flags) (?flags:…)
        const bool dot_all = dot_all_;
        copy(1);
        if (rest_.starts_with("?P<") || rest_.starts_with("?<")) {
            copy(rest_.find('>') + 1);
        } else if (rest_.starts_with('?')) {
            const std::size_t length = std::min(rest_.find_first_of(":)"), rest_.size() - 1);
            const auto flags = rest_.substr(1, length - 1);
            const std::size_t off = std::min(flags.find('-'), flags.size());
            if (flags.substr(0, off).find('s') != flags.npos) dot_all_ = true;
            if (flags.substr(off).find('s') != flags.npos) dot_all_ = false;
            const bool only_flags = rest_[length] == ')';
            copy(length + 1);
            if (only_flags) return 0;
        }
        const std::size_t most = alternatives();
        if (!rest_.empty()) copy(1);
        dot_all_ = dot_all;
        return most;
    }

    std::size_t letters() { // a class
        copy(1);
        const bool negated = rest_.starts_with('^');
        if (negated) copy(1);
        bool newline = false;
        for (bool first = true; !rest_.empty() && (first || rest_[0] != ']'); first = false) {
            if (rest_.starts_with("[:") && rest_.find(":]") != rest_.npos) { // [[:alpha:]]
                const std::string_view name = copy(rest_.find(":]") + 2);
                newline = newline || name == "[:space:]" || name == "[:cntrl:]" || name.starts_with("[:^");
                unsure_ = unsure_ || newline;
            } else if (rest_[0] == '\\' && rest_.size() > 1) {
                newline = escape() > 0 || newline;
            } else {
                const char from = copy(1)[0];
                newline = newline || from == '\n' || (from < ' ' && rest_.starts_with('-'));
                unsure_ = unsure_ || (from < ' ' && from != '\n');
            }
        }
        if (!rest_.empty()) copy(1);
        const bool sure = !unsure_;
        unsure_ = false;
        return negated ? (newline && sure ? 0 : 1) : (newline ? 1 : 0);
    }

    std::size_t escape() { // 1: it may match a newline
        if (rest_.size() < 2) return copy(1).empty() ? 0 : 1;
        const char letter = rest_[1];
        if (letter == 'A') return begin(2);
        if (letter == 'z') return end(2);
        if (letter == 'Q') {
            const auto text = copy(std::min(rest_.find("\\E"), rest_.size()));
            return static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
        }
        if (letter == 'x') return hexadecimal();
        copy(2);
        const bool whole = letter == 's' || letter == 'W' || letter == 'D' || letter == 'n'; // newlines, certainly
        const bool some = letter == 'p' || letter == 'P' || letter == 'C' || is_digit(letter);
        unsure_ = unsure_ || some;
        return whole || some ? 1 : 0;
    }
    std::size_t hexadecimal() { // \x0a \x{a}
        const std::size_t brace = rest_.starts_with("\\x{") ? rest_.find('}') : rest_.npos;
        const auto digits = brace == rest_.npos ? rest_.substr(2, 2) : rest_.substr(3, brace - 3);
        unsigned code = 0;
        std::from_chars(digits.data(), digits.data() + digits.size(), code, 16);
        copy(brace == rest_.npos ? std::min<std::size_t>(4, rest_.size()) : brace + 1);
        const bool range = code < ' ' && rest_.starts_with('-');
        unsure_ = unsure_ || range;
        return code == '\n' || range ? 1 : 0;
    }

    std::size_t repetitions() {
        std::size_t most = 1;
        for (bool more = true; more;) {
            more = false;
            if (rest_.starts_with('*') || rest_.starts_with('+')) {
                most = many_newlines;
                copy(1);
                more = true;
            } else if (rest_.starts_with('?')) {
                copy(1);
                more = true;
            } else if (rest_.starts_with('{') && rest_.find('}') != rest_.npos) {
                const auto inner = rest_.substr(1, rest_.find('}') - 1);
                if (inner.empty() || inner.find_first_not_of("0123456789,") != inner.npos || !is_digit(inner[0])) break;
                const auto last = inner.substr(inner.find(',') + 1); // npos: all of it
                std::size_t times = many_newlines;
                if (!last.empty()) std::from_chars(last.data(), last.data() + last.size(), times);
                most = std::min(most * times, many_newlines);
                copy(inner.size() + 2);
                more = true;
            }
        }
        return most;
    }

    std::string_view copy(std::size_t length) {
        const std::string_view text = rest_.substr(0, length);
        result_.expression += text;
        rest_.remove_prefix(text.size());
        return text;
    }
    void replace(std::size_t length, std::string_view by) {
        result_.expression += by;
        rest_.remove_prefix(length);
    }

    std::string_view rest_;
    bool closed_, dot_all_ = false;
    bool unsure_ = false; // whether what a class excludes may leave a newline in it
    LinePattern result_;
};

}

LinePattern line_pattern(std::string_view expression, bool closed) { return Walk(expression, closed).run(); }

}
