#include "migrate/sql/tokens.h"
#include "base/text.h"
#include "sys/files/frozen_text.h"
#include <algorithm>

namespace fairlead::migrate::sql {

namespace {

constexpr std::string_view bom = "\xef\xbb\xbf";

bool is_white(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' || c == '\v'; }
bool begins_word(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || static_cast<unsigned char>(c) >= 0x80;
}
bool goes_on_word(char c) { return begins_word(c) || is_digit(c) || c == '$'; }
char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

}

bool is_word(std::string_view text, std::string_view word) {
    return text.size() == word.size() &&
           std::equal(text.begin(), text.end(), word.begin(), [](char a, char b) { return lower(a) == b; });
}

bool is_literal_word(std::string_view text) {
    constexpr std::string_view words[] = {"null", "true", "false", "default"};
    return std::any_of(std::begin(words), std::end(words), [&](std::string_view word) { return is_word(text, word); });
}

std::string lower_case(std::string_view text) {
    std::string all(text);
    std::transform(all.begin(), all.end(), all.begin(), lower);
    return all;
}

bool Token::is(std::string_view word) const { return kind == Kind::word && is_word(text, word); }

Scanner::Scanner(std::string_view text, Dialect dialect, int first_line)
    : text_(text), dialect_(dialect), line_(first_line) {
    if (text_.starts_with(bom)) at_ = bom.size();
}

Scanner::~Scanner() {
    constexpr std::size_t a_part = 256 << 10; // of many that are scanned one by one
    if (at_ - held_ >= a_part) sys::let_go(text_.substr(held_, at_ - held_));
}

Token Scanner::take(Token::Kind kind, std::size_t end) {
    const Token token{kind, text_.substr(at_, end - at_), at_, line_};
    line_ += sys::newlines_in(token.text);
    at_ = end;
    if (at_ - held_ >= sys::text_piece) {
        sys::let_go(text_.substr(held_, at_ - held_));
        held_ = at_;
    }
    return token;
}

void Scanner::go_to(std::size_t offset) {
    if (offset > at_) take(Token::Kind::comment, std::min(offset, text_.size()));
}

// Blanks with a newline among them, and comments to the end of a line, may stand between the parts of one string.
std::size_t Scanner::continued(std::size_t end) const {
    bool has_newline = false;
    for (std::size_t i = end; i < text_.size();) {
        if (is_white(text_[i])) {
            has_newline = has_newline || text_[i] == '\n' || text_[i] == '\r';
            ++i;
        } else if (text_[i] == '-' && at(i + 1) == '-') {
            i = std::min(text_.find_first_of("\r\n", i), text_.size());
        } else {
            return has_newline && text_[i] == '\'' ? i : text_.npos;
        }
    }
    return text_.npos;
}

Token Scanner::quoted(Token::Kind kind, std::size_t open, bool has_escapes) {
    const char quote = text_[open] == '[' ? ']' : text_[open];
    for (std::size_t i = open + 1; i < text_.size(); ++i) {
        if (has_escapes && text_[i] == '\\') {
            ++i;
        } else if (text_[i] == quote) {
            if (at(i + 1) == quote && quote != ']') {
                ++i;
                continue;
            }
            const auto next = has_escapes && dialect_ == Dialect::postgres ? continued(i + 1) : text_.npos;
            if (next == text_.npos) return take(kind, i + 1);
            i = next;
        }
    }
    return take(Token::Kind::open, text_.size());
}

bool Scanner::is_dollar_quote(std::size_t& body) const {
    std::size_t i = at_ + 1;
    if (begins_word(at(i)))
        while (begins_word(at(i)) || is_digit(at(i))) ++i;
    body = i + 1;
    return at(i) == '$';
}

Token Scanner::dollar_quoted(std::size_t body, std::string_view tag) {
    const auto closing = text_.find(tag, body);
    return closing == text_.npos ? take(Token::Kind::open, text_.size())
                                 : take(Token::Kind::string, closing + tag.size());
}

Token Scanner::block_comment() {
    const bool nests = dialect_ == Dialect::postgres;
    std::size_t depth = 0;
    for (std::size_t i = at_; i + 1 < text_.size();) {
        if (text_[i] == '*' && text_[i + 1] == '/') {
            i += 2;
            if (--depth == 0) return take(Token::Kind::comment, i);
        } else if (text_[i] == '/' && text_[i + 1] == '*' && (nests || depth == 0)) {
            i += 2;
            ++depth;
        } else {
            ++i;
        }
    }
    return take(Token::Kind::open, text_.size());
}

Token Scanner::number() {
    std::size_t i = at_;
    while (is_digit(at(i)) || (at(i) == '.' && at(i + 1) != '.')) ++i;
    if (lower(at(i)) == 'e') {
        ++i;
        if (at(i) == '+' || (at(i) == '-' && at(i + 1) != '-')) ++i;
        while (is_digit(at(i))) ++i;
    }
    return take(Token::Kind::number, i);
}

Token Scanner::next() {
    using Kind = Token::Kind;
    while (at_ < text_.size() && is_white(text_[at_])) {
        line_ += text_[at_] == '\n';
        ++at_;
    }
    if (at_ >= text_.size()) return {Kind::end, text_.substr(text_.size()), text_.size(), line_};
    const char c = text_[at_];
    const bool is_postgres = dialect_ == Dialect::postgres;
    const bool dashes = c == '-' && at(at_ + 1) == '-' &&
                        (dialect_ != Dialect::mysql || at_ + 2 >= text_.size() || is_white(at(at_ + 2)));
    if (dashes || (c == '#' && dialect_ == Dialect::mysql))
        return take(Kind::comment, std::min(text_.find_first_of("\r\n", at_), text_.size()));
    if (c == '/' && at(at_ + 1) == '*') return block_comment();
    if (c == '\'') return quoted(Kind::string, at_, dialect_ == Dialect::mysql);
    if (c == '"')
        return quoted(dialect_ == Dialect::mysql ? Kind::string : Kind::quoted, at_, dialect_ == Dialect::mysql);
    if ((c == '`' && !is_postgres) || (c == '[' && dialect_ == Dialect::sqlite))
        return quoted(Kind::quoted, at_, false);
    if (is_postgres && at(at_ + 1) == '\'' && std::string_view("eExXbBnN").find(c) != std::string_view::npos)
        return quoted(Kind::string, at_ + 1, lower(c) == 'e');
    if (is_postgres && lower(c) == 'u' && at(at_ + 1) == '&' && (at(at_ + 2) == '\'' || at(at_ + 2) == '"'))
        return quoted(at(at_ + 2) == '"' ? Kind::quoted : Kind::string, at_ + 2, false);
    if (std::size_t body = 0; c == '$' && is_postgres && is_dollar_quote(body))
        return dollar_quoted(body, text_.substr(at_, body - at_));
    if (begins_word(c)) {
        std::size_t i = at_ + 1;
        while (goes_on_word(at(i))) ++i;
        return take(Kind::word, i);
    }
    if (is_digit(c) || (c == '.' && is_digit(at(at_ + 1)))) return number();
    return take(Kind::symbol, at_ + 1);
}

}
