#include "base/env_file.h"
#include "base/text.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead {

namespace {

// The `=` that fill up a base64 text would make a name of all before them. `rest`: of the line, behind the first one.
bool is_bare_base64(std::string_view name, std::string_view rest) {
    if (rest == "=") return true;
    const auto holds = [&](char first, char last) {
        return std::any_of(name.begin(), name.end(), [&](char c) { return c >= first && c <= last; });
    };
    return rest.empty() && name.size() >= 15 && name.size() % 4 == 3 && name.find('_') == name.npos &&
           holds('a', 'z') && holds('A', 'Z') && holds('0', '9');
}

class EnvParser {
  public:
    EnvParser(std::string_view text, const std::string& file) : text_(text), file_(file) {}

    Result<std::vector<std::pair<std::string, std::string>>> parse() {
        TRY_VOID(check_bytes());
        while (skip_to_name()) {
            auto name = std::string(trim(take_until("=\n")));
            if (name.substr(0, 7) == "export ") name = trim(name.substr(7));
            // What stands here may be a secret without its name: the place is told, nothing of the line.
            if (!is_variable_name(name) || at_ >= text_.size() || text_[at_] != '=')
                return wrong("expected NAME=value");
            ++at_;
            const auto rest = text_.substr(at_, text_.find('\n', at_) - at_);
            if (is_bare_base64(name, trim(rest))) return wrong("expected NAME=value; quote a value that is = or empty");
            auto text = TRY(value());
            pairs_.emplace_back(std::move(name), std::move(text));
        }
        return std::move(pairs_);
    }

  private:
    // Whoever is given a value with a NUL byte sees what stands before it.
    Result<void> check_bytes() const {
        if (text_.starts_with("\xef\xbb\xbf"))
            return usage("the file begins with a byte order mark, which would be part of the first name; save it "
                         "without the mark",
                         {.file = file_, .line = 1});
        const auto nul = text_.find('\0');
        if (nul == text_.npos) return {};
        const auto before = text_.substr(0, nul);
        const auto line = before.rfind('\n') + 1; // npos: the first
        return usage("this value holds a NUL byte, which a variable can't hold; remove it",
                     {.file = file_,
                      .line = static_cast<int>(std::count(before.begin(), before.end(), '\n')) + 1,
                      .column = static_cast<int>(nul - line) + 1});
    }

    Error wrong(std::string message) const { return usage(std::move(message), {.file = file_, .line = line_}); }

    bool skip_to_name() {
        while (at_ < text_.size()) {
            const char c = text_[at_];
            if (c == '#')
                take_until("\n");
            else if (c == '\n')
                next_line();
            else if (c == ' ' || c == '\t' || c == '\r')
                ++at_;
            else
                return true;
        }
        return false;
    }

    void next_line() {
        ++at_;
        ++line_;
    }

    std::string_view take_until(std::string_view ends) {
        const auto end = std::min(text_.find_first_of(ends, at_), text_.size());
        const auto word = text_.substr(at_, end - at_);
        at_ = end;
        return word;
    }

    Result<std::string> value() {
        while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\t')) ++at_;
        const char quote = at_ < text_.size() ? text_[at_] : '\n';
        if (quote != '"' && quote != '\'') {
            const auto whole = take_until("\n");
            const auto comment = whole.find(" #");
            return std::string(trim(whole.substr(0, comment)));
        }
        auto text = TRY(quoted(quote));
        const auto rest = trim(take_until("\n"));
        if (!rest.empty() && rest[0] != '#') return wrong("something follows the closing quote");
        return text;
    }

    Result<std::string> quoted(char quote) {
        const int opened = line_;
        std::string text;
        for (++at_; at_ < text_.size() && text_[at_] != quote; ++at_) {
            if (text_[at_] == '\n') ++line_;
            if (quote == '"' && text_[at_] == '\\' && at_ + 1 < text_.size())
                text += escaped(text_[++at_]);
            else
                text += text_[at_];
        }
        if (at_ >= text_.size()) {
            line_ = opened;
            return wrong("the quote that opens here is never closed");
        }
        ++at_;
        return text;
    }

    std::string escaped(char c) {
        switch (c) {
        case 'n': return "\n";
        case 't': return "\t";
        case '"':
        case '\\':
        case '$':
        case '`': return std::string(1, c);
        case '\n': ++line_; return "";
        default: return std::string("\\") + c;
        }
    }

    std::string_view text_;
    const std::string& file_;
    std::size_t at_ = 0;
    int line_ = 1;
    std::vector<std::pair<std::string, std::string>> pairs_;
};

}

bool is_variable_name(std::string_view word) {
    const auto letter = [](char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_'; };
    return !word.empty() && letter(word[0]) &&
           std::all_of(word.begin(), word.end(), [&](char c) { return letter(c) || (c >= '0' && c <= '9'); });
}

Result<std::vector<std::pair<std::string, std::string>>> parse_env(std::string_view text, const std::string& file) {
    return EnvParser(text, file).parse();
}

}
