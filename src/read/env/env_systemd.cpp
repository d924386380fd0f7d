#include "base/text.h"
#include "read/env/env_collect.h"

// EnvironmentFile= of systemd: `#` and `;` begin a comment, a backslash at the end of a line goes on in the next one,
// quotes end where they end and what follows is glued on. Nothing is expanded. Names that are none are left out.
namespace fairlead::read {

namespace {

constexpr std::string_view newlines = "\n\r", blanks = " \t\n\r", escaped_in_quotes = "\"\\`$";

bool holds(std::string_view set, char c) { return set.find(c) != set.npos; }

class SystemdReader {
  public:
    explicit SystemdReader(EnvCollector& out) : out_(out), text_(out.text) {}

    void read() {
        if (const auto nul = text_.find('\0'); nul != text_.npos)
            out_.refuse(nul, "a NUL byte; systemd refuses the file; write text");
        while (at_ < text_.size() && !out_.full()) {
            if (holds(blanks, text_[at_]))
                ++at_;
            else if (holds("#;", text_[at_]))
                skip_line();
            else
                assignment();
        }
    }

  private:
    void skip_line() {
        while (at_ < text_.size() && !holds(newlines, text_[at_])) ++at_;
    }

    void assignment() {
        const auto begin = at_++; // a '=' here is the name's
        while (at_ < text_.size() && !holds(newlines, text_[at_]) && text_[at_] != '=') ++at_;
        const auto equals = at_ < text_.size() && text_[at_] == '=' ? at_ : text_.npos;
        auto name_end = at_;
        while (name_end > begin && holds(blanks, text_[name_end - 1])) --name_end;
        const bool exported = text_.substr(begin, 7) == "export " && name_end > begin + 7;
        const auto name_begin = exported ? text_.find_first_not_of(" \t", begin + 7) : begin;
        if (equals == text_.npos) {
            out_.problem(begin, "the line has no '='; systemd skips it; write NAME=value");
            out_.add({begin, {name_begin, name_end}, equals, {name_end, name_end}}).left_out = true;
            return;
        }
        ++at_;
        while (at_ < text_.size() && holds(" \t", text_[at_])) ++at_;
        const auto value_begin = at_;
        const auto read_value = value();
        auto value_end = at_;
        while (value_end > value_begin && holds(blanks, text_[value_end - 1])) --value_end;
        auto& entry = out_.add({begin, {name_begin, name_end}, equals, {value_begin, value_end}});
        entry.quote = several_ ? EnvQuote::mixed : entry.quote;
        keep(entry, begin, read_value);
    }

    void keep(EnvEntry& entry, std::size_t begin, const std::string& value) {
        const auto name = text_.substr(begin, entry.name_at.end - begin);
        if (!valid_utf8(name) || !valid_utf8(value))
            out_.refuse(begin, "the assignment is not UTF-8; systemd refuses the file; save it as UTF-8");
        entry.left_out = !is_name(name);
        if (entry.left_out)
            out_.problem(begin, "the name has characters other than letters, digits and '_'; systemd skips the line");
        out_.define(entry, value);
    }

    // From the first character that is no blank to the line end that ends it.
    std::string value() {
        std::string made;
        std::size_t kept = 0; // blanks behind are cut off, but not what is quoted or escaped
        several_ = false;
        const auto begin = at_;
        for (bool plain = false; at_ < text_.size() && !holds(newlines, text_[at_]);) {
            const char c = text_[at_];
            if (c == '\\') {
                escape(made);
                plain = true;
                kept = made.size();
            } else if (!plain && (c == '"' || c == '\'')) {
                several_ = several_ || at_ != begin;
                quoted(c, made);
                kept = made.size();
            } else if (!plain && holds(blanks, c)) {
                ++at_;
            } else {
                several_ = several_ || (!plain && at_ != begin);
                plain = true;
                made += c;
                ++at_;
                if (!holds(blanks, c)) kept = made.size();
            }
        }
        made.resize(kept);
        return made;
    }

    void escape(std::string& made) {
        if (++at_ < text_.size() && !holds(newlines, text_[at_])) made += text_[at_];
        at_ = std::min(at_ + 1, text_.size());
    }

    void quoted(char quote, std::string& made) {
        const auto opened = at_++;
        for (; at_ < text_.size() && text_[at_] != quote; ++at_) {
            if (quote == '\'' || text_[at_] != '\\') {
                made += text_[at_];
            } else if (++at_ >= text_.size()) {
                break;
            } else if (holds(escaped_in_quotes, text_[at_])) {
                made += text_[at_];
            } else if (text_[at_] != '\n') {
                made += '\\';
                made += text_[at_];
            }
        }
        if (at_ >= text_.size())
            out_.problem(opened, "a quote opened here is never closed; the rest of the file is its value; close it");
        at_ = std::min(at_ + 1, text_.size());
    }

    EnvCollector& out_;
    std::string_view text_;
    std::size_t at_ = 0;
    bool several_ = false; // pieces, quoted and not
};

}

void read_systemd_env(EnvCollector& out) { SystemdReader(out).read(); }

}
