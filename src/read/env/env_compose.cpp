#include "base/text.h"
#include "base/utf8.h"
#include "read/env/env_collect.h"
#include "read/env/env_template.h"

// compose's env files: NAME=value or NAME: value, a bare NAME is the caller's; quotes may span lines and what follows
// them is the next statement; `$` is expanded unless the value is in single quotes. An error refuses the whole file.
namespace fairlead::read {

namespace {

// The escapes in double quotes; \$ becomes $$, which the substitution makes a dollar of.
std::string value_unescaped(std::string_view text) {
    constexpr std::string_view named = "abfnrtv\\\"", meant = "\a\b\f\n\r\t\v\\\"";
    std::string made;
    for (std::size_t at = 0; at < text.size(); ++at) {
        const char next = text[at] == '\\' && at + 1 < text.size() ? text[at + 1] : '\0';
        if (next == '$') {
            made += "$$";
            ++at;
        } else if (next != '\0' && named.find(next) != named.npos) {
            made += meant[named.find(next)];
            ++at;
        } else if (next == '0' && at + 4 < text.size()) {
            int code = 0;
            bool octal = true;
            for (std::size_t digit = at + 2; digit <= at + 4; ++digit) {
                octal = octal && text[digit] >= '0' && text[digit] <= '7';
                code = code * 8 + (text[digit] - '0');
            }
            if (!octal || code > 255) {
                made += '\\';
                continue;
            }
            if (code >= 0x80) made += static_cast<char>(0xC0 | (code >> 6));
            made += static_cast<char>(code >= 0x80 ? 0x80 | (code & 0x3F) : code);
            at += 4;
        } else {
            made += text[at];
        }
    }
    return made;
}

class ComposeReader {
  public:
    explicit ComposeReader(EnvCollector& out) : out_(out), text_(out.text) {}

    void read() {
        if (text_.substr(0, 3) == "\xEF\xBB\xBF") at_ = 3;
        while (!out_.full()) {
            while (const auto bytes = space_at(text_, at_, Spaces::go)) at_ += bytes;
            if (at_ >= text_.size()) return;
            if (text_[at_] == '#')
                at_ = end_of_line(text_, at_);
            else
                statement();
        }
    }

  private:
    std::size_t skip_blanks(std::size_t at) const {
        while (at < text_.size() && text_[at] != '\n') {
            const auto bytes = space_at(text_, at, Spaces::go);
            if (bytes == 0 || bytes > 2) return at; // U+2000 and its like are none of isSpace()
            at += bytes;
        }
        return at;
    }

    void skip_statement(std::size_t at, std::string message) {
        out_.refuse(at, std::move(message));
        at_ = end_of_line(text_, at);
    }

    void statement() {
        const auto begin = at_;
        auto from = begin;
        if (text_.substr(begin, 6) == "export" && space_at(text_, begin + 6, Spaces::go)) from = skip_blanks(begin + 6);
        auto end = from; // of the name, with blanks behind it
        while (end < text_.size() && std::string_view("=:\n").find(text_[end]) == text_.npos) {
            const auto bytes = letter(end);
            if (bytes == 0)
                return bad_name(begin, from, end,
                                "a name can't have this character; compose refuses the file; use "
                                "letters, digits and '_'");
            end += bytes;
        }
        const auto name = trim_end(text_.substr(from, end - from), Spaces::go);
        if (name.find(' ') != name.npos)
            return bad_name(begin, from, end, "the name has a blank; compose refuses the file; write NAME=value");
        const Span name_at{from, from + name.size()};
        if (end >= text_.size() || text_[end] == '\n') return inherited(begin, name_at, end);
        if (name.empty()) out_.problem(begin, "no name is before '='; write NAME=value");
        at_ = skip_blanks(end + 1);
        value({begin, name_at, end, {at_, at_}});
    }

    // Bytes of what a name may have at `at`; beyond ASCII every letter is taken for one.
    std::size_t letter(std::size_t at) const {
        const char c = text_[at];
        if (is_name(std::string_view(&c, 1)) || (c >= '0' && c <= '9') ||
            std::string_view(".-[]").find(c) != text_.npos)
            return 1;
        const auto point = decode_front(text_.substr(at, 4));
        if (const auto bytes = space_at(text_, at, Spaces::go)) return bytes <= 2 ? bytes : 0;
        const bool sign = (point.value < 0xc0 && point.value != 0xaa && point.value != 0xb5 && point.value != 0xba) ||
                          point.value == 0xd7 || point.value == 0xf7 || (point.value >= 0x2000 && point.value < 0x2070);
        return !point.valid || sign ? 0 : point.bytes;
    }

    void bad_name(std::size_t begin, std::size_t from, std::size_t at, std::string message) {
        skip_statement(at < text_.size() ? at : begin, std::move(message));
        const auto line = text_.substr(from, at_ - from);
        const auto equals = line.find('=');
        auto name = trim_end(line.substr(0, equals), Spaces::go);
        if (equals == line.npos) name = name.substr(0, name.find(' '));
        const auto value_at = equals == line.npos ? from + name.size() : skip_blanks(from + equals + 1);
        const auto value_end = equals == line.npos ? value_at : std::max(value_at, at_);
        out_.add({begin,
                  {from, from + name.size()},
                  equals == line.npos ? equals : from + equals,
                  {value_at, value_end}})
            .left_out = true;
    }

    void inherited(std::size_t begin, Span name_at, std::size_t end) {
        auto& entry = out_.add({begin, name_at, text_.npos, {name_at.end, name_at.end}});
        // Without a line end behind it compose makes a variable without a name of it.
        const auto value = end < text_.size() ? out_.caller(entry.name) : std::nullopt;
        entry.left_out = !value || entry.name.empty();
        if (value) out_.define(entry, *value);
        at_ = std::min(end + 1, text_.size());
    }

    void value(EnvCollector::Where where) {
        const char quote = at_ < text_.size() ? text_[at_] : ' ';
        if (quote == '"' || quote == '\'') return quoted(where, quote);
        const auto end = end_of_line(text_, at_);
        auto part = text_.substr(at_, end - at_);
        part = trim_end(part.substr(0, part.find(" #")), Spaces::go);
        where.value.end = where.value.begin + part.size();
        at_ = end;
        define(where, part);
    }

    void quoted(EnvCollector::Where where, char quote) {
        std::string made;
        for (auto at = at_ + 1; at < text_.size(); ++at) {
            if (text_[at] == quote) {
                where.value.end = at_ = at + 1;
                return define(where, quote == '"' ? value_unescaped(made) : replace_all(made, "$", "$$"));
            }
            if (text_[at] == '\\' && at + 1 < text_.size()) {
                if (text_[++at] != quote) made += '\\';
                made += text_[at];
            } else {
                made += text_[at];
            }
        }
        where.value.end = end_of_line(text_, at_);
        // Once per kind of quote: a later one that opens would have closed this one.
        skip_statement(at_, "a quote opened here is never closed; compose refuses the file; close it");
        out_.add(where).left_out = true;
    }

    void define(const EnvCollector::Where& where, std::string_view text) {
        auto& entry = out_.add(where);
        auto made = substitute(text, [&](const std::string& name) {
            auto found = out_.caller(name);
            return found ? found : out_.earlier(name);
        });
        if (!made.error.empty()) out_.refuse(where.value.begin, made.error + "; compose refuses the file");
        entry.left_out = !made.error.empty() || entry.name.empty();
        out_.define(entry, std::move(made.text));
    }

    EnvCollector& out_;
    std::string_view text_;
    std::size_t at_ = 0;
};

}

void read_compose_env(EnvCollector& out) { ComposeReader(out).read(); }

}
