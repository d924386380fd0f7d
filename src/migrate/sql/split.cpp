#include "migrate/sql/split.h"
#include "migrate/sql/tokens.h"
#include "sys/files/frozen_text.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::migrate::sql {

namespace {

constexpr std::string_view white = " \t\r\n\f\v";

// psql's own way to know a body in SQL (BEGIN ATOMIC … END) from the rest of a statement: after CREATE [OR REPLACE]
// FUNCTION or PROCEDURE the words BEGIN, CASE and END count.
class Bodies {
  public:
    void take(std::string_view word, int parentheses) {
        constexpr std::string_view telling[] = {"create", "function", "procedure", "or", "replace"};
        if (count_ < std::size(first_letters_) &&
            std::any_of(std::begin(telling), std::end(telling), [&](auto each) { return is_word(word, each); }))
            first_letters_[count_] = lower_case(word.substr(0, 1)).front();
        ++count_;
        if (!is_routine() || parentheses != 0) return;
        if (is_word(word, "begin") || (depth_ > 0 && is_word(word, "case"))) ++depth_;
        if (depth_ > 0 && is_word(word, "end")) --depth_;
    }
    bool is_within() const { return depth_ > 0; }

  private:
    bool is_routine() const {
        const auto& [first, second, third, fourth] = first_letters_;
        const auto names_one = [](char letter) { return letter == 'f' || letter == 'p'; };
        return first == 'c' && (names_one(second) || (second == 'o' && third == 'r' && names_one(fourth)));
    }
    char first_letters_[4] = {};
    std::size_t count_ = 0;
    int depth_ = 0;
};

// COPY … FROM stdin, not within parentheses.
class Copies {
  public:
    void take(const Token& token, int parentheses) {
        if (count_++ == 0) is_copy_ = token.is("copy");
        if (is_copy_ && parentheses == 0 && is_after_from_ && token.is("stdin")) from_stdin_ = true;
        is_after_from_ = token.is("from");
    }
    bool from_stdin() const { return from_stdin_; }

  private:
    std::size_t count_ = 0;
    bool is_copy_ = false, is_after_from_ = false, from_stdin_ = false;
};

struct SplitStatement {
    bool begun = false;
    std::size_t begin = 0;
    int line = 0;
    int parentheses = 0, brackets = 0;
    Bodies bodies;
    Copies copies;
};

class Splitter {
  public:
    Splitter(std::string_view sql, const std::string& file, const TakePiece& take,
             std::vector<Token>* comments = nullptr)
        : sql_(sql), file_(file), scanner_(sql), take_(take), comments_(comments) {}

    Result<void> split() {
        const auto has_no_nul = [](std::string_view piece) { return piece.find('\0') == piece.npos; };
        if (!sys::in_pieces(sql_, has_no_nul))
            return refuse(line_of(sql_.find('\0')), "it has a NUL byte, which SQL never has; save the file as UTF-8");
        for (Token token = scanner_.next(); token.kind != Token::Kind::end; token = scanner_.next())
            TRY_VOID(take(token));
        finish(sql_.size());
        return {};
    }

  private:
    Error refuse(int line, std::string message) const { return no(std::move(message), {file_, line, 0, ""}); }
    int line_of(std::size_t offset) const { return 1 + sys::newlines_in(sql_.substr(0, offset)); }

    Result<void> take(const Token& token) {
        if (token.kind == Token::Kind::open) return refuse(token.line, open_quote(token.text));
        if (token.kind == Token::Kind::comment) {
            if (comments_ != nullptr) comments_->push_back(token);
            return {};
        }
        if (token.is('\\')) return refuse(token.line, meta_command(token.begin));
        if (token.is(':')) TRY_VOID(take_colon(token));
        if (token.is(';') && now_.parentheses == 0 && !now_.bodies.is_within()) return end_statement(token);
        if (!now_.begun) {
            now_.begun = true;
            now_.begin = token.begin;
            now_.line = token.line;
        }
        if (token.kind == Token::Kind::word) now_.bodies.take(token.text, now_.parentheses);
        now_.copies.take(token, now_.parentheses);
        if (token.is('(')) ++now_.parentheses;
        if (token.is(')') && now_.parentheses > 0) --now_.parentheses;
        if (token.is('[')) ++now_.brackets;
        if (token.is(']') && now_.brackets > 0) --now_.brackets;
        return {};
    }

    static std::string open_quote(std::string_view text) {
        if (text.starts_with("/*")) return "a comment begins here and nothing closes it; write */ where it ends";
        const std::string opening(text.substr(0, text.find_first_of("'\"") == 0 ? 1
                                                 : text.starts_with('$')        ? text.find('$', 1) + 1
                                                                                : text.find_first_of("'\"") + 1));
        return fmt::format(
            "{} begins a quote here and nothing closes it; close it, or double a quote that is part of the text",
            opening);
    }

    std::string meta_command(std::size_t begin) const {
        auto word = sql_.substr(begin, sql_.find_first_of(" \t\r\n;", begin + 1) - begin);
        word = word.substr(0, 40);
        const bool is_include = word == "\\i" || word == "\\ir" || word == "\\include";
        return fmt::format("{} is a command of psql, and only SQL is sent to the server; {}", word,
                           is_include ? "write the statements of that file into this file"
                                      : "take it out, or run the file by psql");
    }

    // ::type and := are SQL, and a[1:n] is; :name is psql's, and so is :'name'.
    Result<void> take_colon(const Token& token) {
        const char next = token.end() < sql_.size() ? sql_[token.end()] : ' ';
        const char before = token.begin > 0 ? sql_[token.begin - 1] : ' ';
        const bool names =
            next == '\'' || next == '"' || next == '_' || (next >= 'a' && next <= 'z') || (next >= 'A' && next <= 'Z');
        if (!names || before == ':' || now_.brackets > 0) return {};
        return refuse(token.line, "a colon before a name is a variable of psql, which the server doesn't know; write "
                                  "the value, or run the file by psql");
    }

    void finish(std::size_t end) {
        if (!now_.begun) return;
        auto text = sql_.substr(now_.begin, end - now_.begin);
        text = text.substr(0, text.find_last_not_of(white) + 1);
        take_({text, now_.line, false});
    }

    Result<void> end_statement(const Token& token) {
        finish(token.begin);
        const bool reads_data = now_.begun && now_.copies.from_stdin();
        now_ = {};
        if (reads_data) return take_data(token);
        return {};
    }

    Result<void> take_data(const Token& semicolon) {
        const auto newline = sql_.find('\n', semicolon.end());
        const auto rest = sql_.substr(semicolon.end(), newline - semicolon.end());
        if (const auto first = rest.find_first_not_of(white);
            first != rest.npos && !rest.substr(first).starts_with("--"))
            return refuse(semicolon.line, "after COPY … FROM stdin; the data begins in the next line, and this line "
                                          "has more text; move that text to a line after the data");
        const auto unended = [&] {
            return refuse(semicolon.line,
                          "the data of COPY … FROM stdin isn't ended by a line \\.; the file may be cut "
                          "short; fetch it again, or add that line");
        };
        if (newline == sql_.npos) return unended();
        const auto begin = newline + 1;
        auto at = begin, held = begin;
        while (at < sql_.size()) {
            if (at - held >= sys::text_piece) {
                sys::let_go(sql_.substr(held, at - held));
                held = at;
            }
            const auto end = std::min(sql_.find('\n', at), sql_.size());
            const auto line = sql_.substr(at, end - at);
            if (line == "\\." || line == "\\.\r") {
                take_({sql_.substr(begin, at - begin), semicolon.line + 1, true});
                scanner_.go_to(end);
                return {};
            }
            at = std::min(end + 1, sql_.size());
        }
        return unended();
    }

    std::string_view sql_;
    const std::string& file_;
    Scanner scanner_;
    SplitStatement now_;
    const TakePiece& take_;
    std::vector<Token>* comments_;
};

}

Result<void> split(std::string_view sql, const std::string& file, const TakePiece& take) {
    return Splitter(sql, file, take).split();
}

std::vector<Token> comments_in(std::string_view sql) {
    std::vector<Token> comments;
    const TakePiece nobody = [](const Piece&) {};
    (void)Splitter(sql, "", nobody, &comments).split();
    return comments;
}

}
