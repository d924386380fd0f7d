#include "base/text.h"
#include "read/env/env_collect.h"

// python-dotenv: a statement that it can't parse is skipped to the end of its line; only ${NAME} and ${NAME:-default}
// are expanded, in single quotes too.
namespace fairlead::read {

namespace {

constexpr std::string_view double_escapes = "\\'\"abfnrtv", single_escapes = "\\'";

char escaped(char c) {
    constexpr std::string_view named = "abfnrtv", meant = "\a\b\f\n\r\t\v";
    const auto at = named.find(c);
    return at == named.npos ? c : meant[at];
}

// What open() in text mode makes of line ends.
std::string universal(std::string_view text) { return replace_all(replace_all(text, "\r\n", "\n"), "\r", "\n"); }

class DotenvReader {
  public:
    explicit DotenvReader(EnvCollector& out) : out_(out), text_(out.text) {}

    void read() {
        if (!valid_utf8(text_)) out_.refuse(0, "the file is not UTF-8; python-dotenv refuses it; save it as UTF-8");
        if (text_.substr(0, 3) == "\xEF\xBB\xBF") at_ = 3;
        while (!out_.full()) {
            while (const auto bytes = space_at(text_, at_, Spaces::python)) at_ += bytes;
            if (at_ >= text_.size()) return;
            if (text_[at_] == '#')
                skip_line();
            else
                statement();
        }
    }

  private:
    bool at_end_of_line() const { return at_ >= text_.size() || text_[at_] == '\n' || text_[at_] == '\r'; }

    void skip_line() {
        while (!at_end_of_line()) ++at_;
    }

    void skip_blanks() {
        while (!at_end_of_line()) {
            const auto bytes = space_at(text_, at_, Spaces::python);
            if (bytes == 0) return;
            at_ += bytes;
        }
    }

    void skip_export() {
        if (text_.substr(at_, 6) != "export") return;
        const auto begin = at_;
        at_ += 6;
        skip_blanks();
        if (at_ == begin + 6) at_ = begin;
    }

    void fail(std::size_t at, std::string message) {
        out_.problem(at, std::move(message));
        skip_line();
    }

    // Empty where there is none.
    Span name() {
        if (text_[at_] == '\'') {
            const auto close = text_.find('\'', at_ + 1);
            if (close == text_.npos || close == at_ + 1) return {at_, at_};
            const Span inside{at_ + 1, close};
            at_ = close + 1;
            return inside;
        }
        const auto begin = at_;
        while (at_ < text_.size() && text_[at_] != '=' && text_[at_] != '#' && !space_at(text_, at_, Spaces::python))
            ++at_;
        return {begin, at_};
    }

    void statement() {
        const auto begin = at_;
        skip_export();
        if (at_end_of_line() || text_[at_] == '#')
            return at_end_of_line() ? fail(begin, "export without a name; python-dotenv skips it; write NAME=value")
                                    : skip_line();
        const auto name_at = name();
        if (name_at.begin == name_at.end)
            return fail(begin, "no name begins here; python-dotenv skips the line; write NAME=value");
        const auto name_end = at_;
        skip_blanks();
        const auto equals = at_ < text_.size() && text_[at_] == '=' ? at_ : text_.npos;
        std::optional<std::string> read_value;
        Span value_at{name_end, name_end};
        if (equals != text_.npos) {
            ++at_;
            skip_blanks();
            value_at = {at_, at_};
            read_value = value(at_ > equals + 1, value_at);
        }
        finish({begin, name_at, equals, value_at}, std::move(read_value));
    }

    // What stands behind the value is nothing or a comment.
    void finish(EnvCollector::Where where, std::optional<std::string> read_value) {
        const bool failed = where.equals != text_.npos && !read_value;
        if (!failed) skip_blanks();
        if (!failed && at_ < text_.size() && text_[at_] == '#') skip_line();
        if (failed || !at_end_of_line()) {
            const auto place = failed ? where.value.begin : at_;
            fail(place, failed                       ? "a quote opened here is never closed; python-dotenv skips "
                                                       "the line; close the quote"
                        : where.equals == text_.npos ? "no '=' follows the name; python-dotenv skips the line; write "
                                                       "NAME=value"
                                                     : "text follows the closing quote; python-dotenv skips the "
                                                       "line; put all of it in quotes");
            where.value.end = at_;
            out_.add(where).left_out = true;
            return;
        }
        auto& entry = out_.add(where);
        if (read_value) return out_.define(entry, expanded(*read_value));
        entry.value = std::nullopt;
        out_.define(entry.name, ""); // ${NAME} of it is empty
    }

    std::optional<std::string> value(bool blanks_before, Span& where) {
        if (at_end_of_line()) return "";
        const char c = text_[at_];
        if (c == '#' && blanks_before) return "";
        if (c == '\'' || c == '"') {
            auto made = quoted(c);
            where.end = made ? at_ : where.begin;
            return made;
        }
        const auto begin = at_;
        skip_line();
        auto part = text_.substr(begin, at_ - begin);
        for (auto hash = part.find('#'); hash != part.npos; hash = part.find('#', hash + 1))
            if (space_before(part, hash, Spaces::python)) part = part.substr(0, hash);
        part = trim_end(part, Spaces::python);
        where.end = begin + part.size();
        return std::string(part);
    }

    std::optional<std::string> quoted(char quote) {
        auto close = at_ + 1;
        while (close < text_.size() && text_[close] != quote) close += text_[close] == '\\' ? 2 : 1;
        if (close >= text_.size()) return std::nullopt; // once per kind of quote: a later one would have closed this
        const auto inside = universal(text_.substr(at_ + 1, close - at_ - 1));
        at_ = close + 1;
        const auto escapes = quote == '"' ? double_escapes : single_escapes;
        std::string made;
        for (std::size_t at = 0; at < inside.size(); ++at) {
            const bool known =
                inside[at] == '\\' && at + 1 < inside.size() && escapes.find(inside[at + 1]) != escapes.npos;
            made += known ? escaped(inside[++at]) : inside[at];
        }
        return made;
    }

    std::string expanded(const std::string& value) const {
        std::string made;
        std::size_t done = 0;
        auto end = value.find_first_of("}:");
        for (auto at = value.find("${"); at != value.npos; at = value.find("${", at)) {
            if (end != value.npos && end < at + 2) end = value.find_first_of("}:", at + 2);
            if (end == value.npos) break;
            auto close = end;
            if (value[end] == ':') close = value.compare(end, 2, ":-") == 0 ? value.find('}', end) : value.npos;
            if (close == value.npos && value[end] == ':' && value.compare(end, 2, ":-") == 0) break; // no '}' follows
            if (close == value.npos) {
                at += 2;
                continue;
            }
            made.append(value, done, at - done);
            const auto name = value.substr(at + 2, end - at - 2);
            const auto fallback = close == end ? std::string() : value.substr(end + 2, close - end - 2);
            auto found = out_.earlier(name);
            if (!found) found = out_.caller(name);
            made += found.value_or(fallback);
            at = done = close + 1;
            if (made.size() > env_limit) {
                out_.refuse(at_,
                            "the value is too long when it is expanded; use fewer variables inside other variables");
                return {};
            }
        }
        return made.append(value, std::min(done, value.size()));
    }

    EnvCollector& out_;
    std::string_view text_;
    std::size_t at_ = 0;
};

}

void read_dotenv(EnvCollector& out) { DotenvReader(out).read(); }

}
