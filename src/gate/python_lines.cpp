#include "gate/python_lines.h"
#include "base/text.h"
#include "base/words.h"
#include "gate/code_lines.h"
#include "sys/pattern/pattern.h"

namespace fairlead::gate {
namespace {

// Where the statement stands that the lines so far have begun.
class Statement {
  public:
    bool is_open() const { return brackets_ > 0 || goes_on_ || !quotes_.empty(); }

    void read(std::string_view line) {
        goes_on_ = false;
        std::size_t at = quotes_.empty() ? 0 : behind(line, 0);
        while (at < line.size() && line[at] != '#') {
            const char c = line[at];
            if (c == '\'' || c == '"') {
                const auto rest = line.substr(at);
                const bool is_long = rest.size() > 2 && rest[1] == c && rest[2] == c;
                quotes_ = rest.substr(0, is_long ? 3 : 1);
                at = behind(line, at + quotes_.size());
                continue;
            }
            if (c == '(' || c == '[' || c == '{') ++brackets_;
            if ((c == ')' || c == ']' || c == '}') && brackets_ > 0) --brackets_;
            goes_on_ = c == '\\' && at + 1 == line.size();
            ++at;
        }
    }

  private:
    // Returns the place behind the text in quotes. The quotes stay open if the text may have further lines.
    std::size_t behind(std::string_view line, std::size_t at) {
        for (; at < line.size(); ++at) {
            if (line[at] == '\\')
                ++at;
            else if (line.substr(at).starts_with(quotes_)) {
                at += quotes_.size();
                quotes_ = {};
                return at;
            }
        }
        if (quotes_.size() == 1) {
            quotes_ = {};
            goes_on_ = line.ends_with('\\');
        }
        return line.size();
    }

    int brackets_ = 0;
    bool goes_on_ = false;    // by a backslash at the line's end
    std::string_view quotes_; // of the text that is open
};

bool is_text(std::string_view line) {
    const auto quote = line.find_first_of("'\"");
    return quote <= 2 && line.find_first_not_of("rRbBuUfF") == quote;
}

// With the lines that are indented below it.
bool is_left_out(std::string_view line) {
    static const auto by_default =
        sys::Pattern::compile(R"(#\s*(pragma|PRAGMA)[:\s]?\s*(no|NO)\s*(cover|COVER)|^if (typing\.)?TYPE_CHECKING:)")
            .value();
    return by_default.matches(line);
}

bool does_nothing(std::string_view line) {
    const auto words = trim(line.substr(0, line.find('#')));
    return is_one_of(words, {"else:", "finally:"}) || line.starts_with("...") || line.starts_with("global ") ||
           line.starts_with("nonlocal ") || is_text(line);
}

}

std::vector<bool> python_lines(std::string_view text) {
    const auto lines = split(text, '\n');
    std::vector<bool> codes(lines.size(), false);
    Statement statement;
    std::size_t left_out = std::string_view::npos; // the indent of the line whose block is left out
    for (std::size_t i = 0; i < lines.size(); ++i) {
        const std::string_view line = lines[i].ends_with('\r')
                                          ? std::string_view(lines[i]).substr(0, lines[i].size() - 1)
                                          : std::string_view(lines[i]);
        const auto plain = trim(line);
        if (!statement.is_open() && !plain.empty() && plain.front() != '#') {
            const auto indent = line.find_first_not_of(" \t");
            if (left_out != line.npos && indent <= left_out) left_out = line.npos;
            if (left_out == line.npos && is_left_out(plain)) left_out = indent;
            codes[i] = left_out == line.npos && !does_nothing(plain) && is_code("a.py", plain);
        }
        statement.read(line);
    }
    return codes;
}

}
