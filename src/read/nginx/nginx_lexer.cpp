#include "read/nginx/nginx_lexer.h"
#include "base/printable.h"
#include "base/secrets/credentials.h"
#include "base/text.h"
#include <fmt/format.h>
#include <utility>

namespace fairlead::read {

namespace {

constexpr int restart_limit = 8; // each reads the rest of the file once more

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

// nginx replaces no other escape.
std::string word_unescaped(std::string_view raw) {
    std::string text;
    text.reserve(raw.size());
    for (std::size_t at = 0; at < raw.size(); ++at) {
        const char next = raw[at] == '\\' && at + 1 < raw.size() ? raw[at + 1] : '\0';
        switch (next) {
        case '"':
        case '\'':
        case '\\': text += next; break;
        case 't': text += '\t'; break;
        case 'r': text += '\r'; break;
        case 'n': text += '\n'; break;
        default: text += raw[at]; continue;
        }
        ++at;
    }
    return text;
}

}

std::string nginx_shown(std::string_view text) {
    constexpr std::size_t most = 40;
    const std::string line = one_line(hide_credentials(text.substr(0, nginx_word_limit)).substr(0, 4 * most));
    if (code_points(line) <= most) return line;
    std::size_t end = 0;
    for (std::size_t count = 0; end < line.size(); ++end)
        if ((static_cast<unsigned char>(line[end]) & 0xC0U) != 0x80U && ++count > most) break;
    return line.substr(0, end) + "…";
}

char NginxLexer::take() {
    if (at_.offset - start_ >= nginx_word_limit && !over_) {
        over_ = true;
        problem(at_, fmt::format("over {} bytes without an end; nginx refuses it; is a quote or a ; missing?",
                                 nginx_word_limit));
    }
    const char c = text_[at_.offset++];
    if (c == '\n') {
        ++at_.line;
        at_.column = 1;
    } else if ((static_cast<unsigned char>(c) & 0xC0U) != 0x80U) {
        ++at_.column;
    }
    return c;
}

// What nginx counts for its limit begins anew with each blank, not inside of a comment.
void NginxLexer::skip_blanks() {
    const auto step = [&] {
        const std::size_t from = at_.offset;
        take();
        start_ = from;
        over_ = false;
    };
    while (!ended()) {
        if (is_blank(peek())) {
            step();
        } else if (peek() == '#') {
            step();
            while (!ended() && peek() != '\n') take();
        } else {
            return;
        }
    }
}

void NginxLexer::problem(const Cursor& place, std::string message) {
    if (problems_.size() < nginx_problem_limit) problems_.push_back({place.line, place.column, std::move(message)});
}

void NginxLexer::add(NginxStatement& statement, const Cursor& from, std::size_t begin, std::size_t end, bool quoted) {
    statement.words.push_back({word_unescaped(text_.substr(begin, end - begin)), from.line, from.column, quoted});
}

void NginxLexer::word(NginxStatement& statement) {
    const Cursor from = at_;
    bool variable = false; // ${ opens no block
    while (!ended()) {
        const char c = peek();
        if (c == '{' && variable) {
            take();
            continue;
        }
        if (is_blank(c) || c == ';' || c == '{') break;
        variable = c == '$';
        take();
        if (at_.offset == from.offset + 1) start_ = from.offset;
        if (c == '\\' && !ended()) take();
    }
    add(statement, from, from.offset, at_.offset, false);
}

void NginxLexer::quoted_word(NginxStatement& statement, char quote) {
    const Cursor from = at_;
    take();
    start_ = at_.offset;
    const Cursor content = at_;
    while (!ended()) {
        const std::size_t here = at_.offset;
        const char c = take();
        if (c == '\\' && !ended()) {
            take();
        } else if (c == quote) {
            add(statement, from, content.offset, here, true);
            if (ended() || is_blank(peek()) || peek() == ';' || peek() == '{' || peek() == ')') return;
            problem(at_, fmt::format(
                             "{} comes directly after a closing quote; nginx refuses it; put a blank or ; between them",
                             nginx_shown(text_.substr(at_.offset, 1))));
            return;
        }
    }
    problem(from, fmt::format("the quote {} opened here is never closed; the rest of the file would be lost; "
                              "add a closing quote",
                              quote));
    if (++restarts_ > restart_limit) {
        statement.words.clear();
        return;
    }
    at_ = content; // the rest is read from the next line on
    while (!ended() && peek() != '\n') take();
    add(statement, from, content.offset, at_.offset, true);
}

NginxStatement NginxLexer::finish(NginxStatement statement, NginxStatement::End end) {
    statement.end = end;
    statement.span.end = at_.offset;
    start_ = at_.offset;
    over_ = false;
    return statement;
}

void NginxLexer::unclosed(const NginxStatement& statement, std::string_view before) {
    const NginxWord& last = statement.words.back();
    problem({0, last.line, last.column}, fmt::format("{} has no ; before {}; nginx refuses the file; add ;",
                                                     nginx_shown(statement.words.front().text), before));
}

NginxStatement NginxLexer::next() {
    NginxStatement statement;
    const auto begin = [&] {
        if (!statement.words.empty()) return;
        statement.span.begin = at_.offset;
        statement.line = at_.line;
        statement.column = at_.column;
    };
    for (;;) {
        skip_blanks();
        begin();
        if (ended()) {
            if (statement.words.empty()) return statement;
            unclosed(statement, "the end of the file");
            return finish(std::move(statement), NginxStatement::End::directive);
        }
        const int restarts = restarts_;
        switch (const char c = peek()) {
        case ';':
            take();
            if (!statement.words.empty()) return finish(std::move(statement), NginxStatement::End::directive);
            problem({0, statement.line, statement.column},
                    "; does not end a directive here; nginx refuses the file; remove it");
            break;
        case '{':
            if (statement.words.empty()) {
                problem(at_, "{ has no name before it; nginx refuses the file; name the block");
                add(statement, at_, 0, 0, false);
            }
            take();
            return finish(std::move(statement), NginxStatement::End::block);
        case '}':
            if (!statement.words.empty()) {
                unclosed(statement, "}");
                return finish(std::move(statement), NginxStatement::End::directive);
            }
            take();
            return finish(std::move(statement), NginxStatement::End::close);
        case '"':
        case '\'':
            quoted_word(statement, c);
            if (restarts_ != restarts) {
                const bool lost = statement.words.empty();
                return finish(std::move(statement), lost ? NginxStatement::End::file : NginxStatement::End::directive);
            }
            break;
        default: word(statement);
        }
    }
}

void NginxLexer::skip_lua_string(char quote) {
    while (!ended() && peek() != '\n') {
        const char c = take();
        if (c == quote) return;
        if (c == '\\' && !ended()) take();
    }
}

// [[ ... ]] or [==[ ... ]==], from its [ on; of anything else the [ and its =.
bool NginxLexer::skip_long_bracket() {
    take();
    std::size_t level = 0;
    for (; !ended() && peek() == '='; ++level) take();
    if (ended() || peek() != '[') return false;
    const std::size_t end = text_.find("]" + std::string(level, '=') + "]", at_.offset);
    const std::size_t behind = end == text_.npos ? text_.size() : end + level + 2;
    while (at_.offset < behind) take();
    return true;
}

void NginxLexer::skip_lua_comment() {
    take();
    take();
    if (!ended() && peek() == '[' && skip_long_bracket()) return;
    while (!ended() && peek() != '\n') take();
}

std::string NginxLexer::lua_body() {
    const Cursor from = at_;
    over_ = true; // nginx has no limit here
    for (std::size_t depth = 1; !ended();) {
        const char c = peek();
        if (c == '[') {
            skip_long_bracket();
        } else if (text_.substr(at_.offset, 2) == "--") {
            skip_lua_comment();
        } else if (c == '"' || c == '\'') {
            take();
            skip_lua_string(c);
        } else {
            if (c == '{') ++depth;
            if (c == '}' && --depth == 0) {
                const std::string body(text_.substr(from.offset, at_.offset - from.offset));
                take();
                start_ = at_.offset;
                over_ = false;
                return body;
            }
            take();
        }
    }
    problem(from, "the Lua block opened here is never closed; the rest of the file would be lost; add }");
    return std::string(text_.substr(from.offset));
}

}
