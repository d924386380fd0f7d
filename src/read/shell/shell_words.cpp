#include "read/shell/shell_program.h"
#include "read/shell/shell_reader.h"

// Of CommandReader what makes a word: quotes, and what is expanded (POSIX XCU 2.2 and 2.6).
namespace fairlead::read {

bool CommandReader::skip_arithmetic() {
    int open = 0;
    for (; at_ < text_.size(); ++at_) {
        if (text_[at_] == '(') ++open;
        if (text_[at_] == ')' && --open == 0) return ++at_, true;
    }
    return false;
}

bool CommandReader::read_word(ShellWord& word) {
    word = {};
    const std::size_t begin = raw_ = at_;
    while (at_ < text_.size() && std::string_view(" \t\r\v\f\n;&|()<>").find(text_[at_]) == npos) {
        const char c = text_[at_];
        if (c == '\'' ? !single(word) : c == '"' ? !twofold(word) : c == '$' || c == '`' ? !dollar(word) : false)
            return false;
        if (c == '\'' || c == '"' || c == '$' || c == '`') continue;
        if (c == '\\') {
            if (++at_ >= text_.size()) break;
            if (text_[at_] == '\n') {
                ++at_;
                continue;
            }
            word.quoted = true;
        }
        word.text += text_[at_++];
    }
    word.at = map_.span(begin, at_);
    return at_ > begin;
}

bool CommandReader::single(ShellWord& word) {
    const auto close = text_.find('\'', at_ + 1);
    if (close == npos) return false;
    word.text += text_.substr(at_ + 1, close - at_ - 1);
    word.quoted = true;
    at_ = close + 1;
    return true;
}

bool CommandReader::twofold(ShellWord& word) {
    word.quoted = true;
    for (++at_; at_ < text_.size();) {
        const char c = text_[at_];
        if (c == '"') return ++at_, true;
        if (c == '$' || c == '`') {
            if (!dollar(word, true)) return false;
            continue;
        }
        if (c == '\\' && at_ + 1 < text_.size() && std::string_view("$`\"\\\n").find(text_[at_ + 1]) != npos) {
            if (text_[++at_] == '\n') {
                ++at_;
                continue;
            }
        }
        word.text += text_[at_++];
    }
    return false;
}

bool CommandReader::dollar(ShellWord& word, bool in_quotes) {
    const std::size_t begin = at_;
    if (starts("$'") && !in_quotes) {
        for (at_ += 2; at_ < text_.size() && text_[at_] != '\''; ++at_)
            if (text_[at_] == '\\') ++at_;
        if (at_ >= text_.size()) return false;
        word.text += text_.substr(begin + 2, at_ - begin - 2);
        word.quoted = true;
        return ++at_, true;
    }
    const bool arithmetic = starts("$((");
    if (text_[at_] == '`') {
        const std::size_t close = closing_backtick();
        if (close == npos) return false;
        CommandReader inner(map_, at_ + 1, close, depth_ + 1, out_, pipelines_);
        if (!inner.run(0)) return false;
        at_ = close + 1;
    } else if (arithmetic) {
        ++at_;
        if (!skip_arithmetic()) return false;
    } else if (starts("$(")) {
        at_ += 2;
        if (!nested(')')) return false;
    } else if (starts("${")) {
        if (!skip_braces()) return false;
    } else {
        ++at_;
        word.text += '$';
        const bool plain = at_ >= text_.size() || (!is_shell_name(text_.substr(at_, 1)) &&
                                                   std::string_view("@*#?-$!0123456789").find(text_[at_]) == npos);
        word.expands = word.expands || !plain;
        return true;
    }
    word.expands = true;
    word.text += text_.substr(begin, at_ - begin);
    return true;
}

std::size_t CommandReader::closing_backtick() const {
    for (std::size_t at = at_ + 1; at < text_.size(); ++at) {
        if (text_[at] == '\\')
            ++at;
        else if (text_[at] == '`')
            return at;
    }
    return npos;
}

bool CommandReader::skip_braces() {
    int open = 0;
    char quote = 0;
    for (++at_; at_ < text_.size(); ++at_) {
        const char c = text_[at_];
        if (c == '\\')
            ++at_;
        else if (quote != 0)
            quote = c == quote ? '\0' : quote;
        else if (c == '"')
            quote = c;
        else if (c == '{')
            ++open;
        else if (c == '}' && --open == 0)
            return ++at_, true;
    }
    return false;
}

}
