#include "base/text.h"
#include "read/env/env_collect.h"
#include <array>

// dotenv of npm: one regular expression over the whole text. What it matches: NAME = value or NAME: value, blanks and
// line ends before and behind '='; a value in quotes where nothing but a comment follows them, else up to '#' or the
// line's end. Nothing is expanded; a line that doesn't match is no entry and no error.
namespace fairlead::read {

namespace {

constexpr std::string_view quotes = "'\"`";

class NodeReader {
  public:
    explicit NodeReader(EnvCollector& out) : out_(out), text_(out.text) {}

    void read() {
        while (!out_.full()) {
            at_ = skip_spaces(at_);
            if (at_ >= text_.size()) return;
            if (text_[at_] == '#' || !entry()) at_ = line_end(at_);
        }
    }

  private:
    static bool ends_line(char c) { return c == '\n' || c == '\r'; }
    static bool in_name(char c) {
        return is_name(std::string_view(&c, 1)) || (c >= '0' && c <= '9') || c == '.' || c == '-';
    }

    std::size_t line_end(std::size_t at) const { return std::min(text_.find_first_of("\n\r", at), text_.size()); }

    std::size_t skip_spaces(std::size_t at) const {
        while (const auto bytes = space_at(text_, at, Spaces::javascript)) at += bytes;
        return at;
    }

    std::size_t skip_blanks(std::size_t at) const {
        while (at < text_.size() && !ends_line(text_[at])) {
            const auto bytes = space_at(text_, at, Spaces::javascript);
            if (bytes == 0) return at;
            at += bytes;
        }
        return at;
    }

    Span name(std::size_t at) const {
        auto end = at;
        while (end < text_.size() && in_name(text_[end])) ++end;
        return {at, end};
    }

    // The '=' or ':' behind a name.
    std::optional<std::size_t> separator(std::size_t name_end) const {
        const auto next = skip_spaces(name_end);
        if (next < text_.size() && text_[next] == '=') return next;
        if (next == name_end && next < text_.size() && text_[next] == ':' &&
            space_at(text_, next + 1, Spaces::javascript))
            return next;
        return std::nullopt;
    }

    bool entry() {
        const auto begin = at_;
        auto name_at = name(begin);
        std::optional<std::size_t> equals;
        if (text_.substr(begin, 6) == "export" && skip_spaces(begin + 6) > begin + 6) {
            name_at = name(skip_spaces(begin + 6));
            if (name_at.begin != name_at.end) equals = separator(name_at.end);
            if (!equals) name_at = name(begin);
        }
        if (name_at.begin == name_at.end) {
            out_.problem(begin, "no name begins here; dotenv skips the line; write NAME=value");
            return false;
        }
        if (!equals) equals = separator(name_at.end);
        if (!equals) {
            const auto end = name_at.end;
            const bool bare = ends_here(end);
            if (!bare) out_.problem(begin, "no '=' follows the name; dotenv skips the line; write NAME=value");
            out_.add({begin, name_at, text_.npos, {end, end}}).left_out = true;
            return false;
        }
        value(begin, name_at, *equals);
        return true;
    }

    bool ends_here(std::size_t at) const { // a comment may follow
        at = skip_blanks(at);
        return at >= text_.size() || ends_line(text_[at]) || text_[at] == '#';
    }

    void value(std::size_t begin, Span name_at, std::size_t equals) {
        auto after = equals + 1;
        if (text_[equals] == ':')
            after += text_.substr(after, 2) == "\r\n" ? 2 : space_at(text_, after, Spaces::javascript);
        const auto first = skip_spaces(after);
        const char quote = first < text_.size() ? text_[first] : ' ';
        std::size_t close = text_.npos;
        if (quotes.find(quote) != quotes.npos) close = closing(quote, first);
        Span where{first, close + 1};
        if (close == text_.npos) {
            const auto line = text_.substr(after, line_end(after) - after);
            const auto end = after + std::min(line.find('#'), line.size());
            where.begin = std::min(skip_blanks(after), end);
            where.end = where.begin + trim_end(text_.substr(where.begin, end - where.begin), Spaces::javascript).size();
            if (where.begin != where.end && quote == text_[where.begin] && quotes.find(quote) != quotes.npos)
                out_.problem(where.begin, line.rfind(quote) > where.begin - after
                                              ? "text follows the closing quote; dotenv keeps the quotes; put all of "
                                                "it in quotes"
                                              : "a quote opened here is never closed; dotenv keeps it; close it");
        }
        at_ = line_end(where.end);
        auto& entry = out_.add({begin, name_at, equals, where});
        out_.define(entry, unquoted(entry.raw));
    }

    static std::string unquoted(const std::string& raw) {
        auto made = replace_all(replace_all(to_valid_utf8(raw), "\r\n", "\n"), "\r", "\n");
        if (made.empty() || quotes.find(made[0]) == quotes.npos) return made;
        const char quote = made[0];
        if (made.size() > 1 && made.back() == quote) made = made.substr(1, made.size() - 2);
        return quote == '"' ? replace_all(replace_all(made, "\\n", "\n"), "\\r", "\r") : made;
    }

    // Of the quote at `open`: the next one without a backslash before it, or else the last of those with one, that
    // nothing but a comment follows. Both are remembered, since the next line asks for the same again.
    std::size_t closing(char quote, std::size_t open) {
        auto& seen = seen_[quotes.find(quote)];
        if (seen.from == 0 || open >= seen.bare) {
            seen = {open + 1, text_.npos, text_.npos};
            for (auto at = text_.find(quote, open + 1); at != text_.npos; at = text_.find(quote, at + 1)) {
                const bool escaped = text_[at - 1] == '\\';
                if (ends_here(at + 1)) seen.good = at;
                if (escaped) continue;
                seen.bare = at;
                break;
            }
        }
        return seen.good != text_.npos && seen.good > open ? seen.good : text_.npos;
    }

    struct Seen {
        std::size_t from = 0; // 0: nothing yet
        std::size_t bare = 0; // the first without a backslash
        std::size_t good = 0; // the last up to there that may close
    };
    EnvCollector& out_;
    std::string_view text_;
    std::size_t at_ = 0;
    std::array<Seen, 3> seen_;
};

}

void read_node_env(EnvCollector& out) { NodeReader(out).read(); }

}
