#pragma once
#include <cstddef>
#include <string>
#include <string_view>

// The lexical rules of SQL in psql (PostgreSQL's psqlscan.l; standard_conforming_strings on), and the differences of
// the other engines.
namespace fairlead::migrate::sql {

enum class Dialect { postgres, sqlite, mysql };

struct Token {
    enum class Kind {
        word,   // a key word or a name without quotes
        quoted, // "a name"; also `this` and [this] in dialects that have them
        string, // '…' with its prefix, or in dollar quotes
        number,
        symbol,  // one character
        comment, // to the end of the line (not included), or /* nested */
        end,
        open, // an unclosed quote or comment: to the end of the text
    };
    Kind kind = Kind::end;
    std::string_view text;
    std::size_t begin = 0;
    int line = 1;
    std::size_t end() const { return begin + text.size(); }
    bool is(char symbol) const { return kind == Kind::symbol && text.front() == symbol; }
    bool is(std::string_view word) const; // a key word, in lower case
};

// Splits a text into tokens. The text between two tokens is white space; a BOM at the start counts as white space, too.
// Releases the memory of a frozen text after reading it.
class Scanner {
  public:
    explicit Scanner(std::string_view text, Dialect dialect = Dialect::postgres, int first_line = 1);
    Scanner(const Scanner&) = default;
    Scanner& operator=(const Scanner&) = default;
    ~Scanner();
    Token next();                   // after the last token, always returns Kind::end
    void go_to(std::size_t offset); // forward only

  private:
    char at(std::size_t offset) const { return offset < text_.size() ? text_[offset] : '\0'; }
    Token take(Token::Kind kind, std::size_t end);
    Token quoted(Token::Kind kind, std::size_t open, bool has_escapes);
    Token dollar_quoted(std::size_t body, std::string_view tag);
    Token block_comment();
    Token number();
    std::size_t continued(std::size_t end) const; // if a string continues after a newline, its next quote; else npos
    bool is_dollar_quote(std::size_t& body) const;

    std::string_view text_;
    Dialect dialect_;
    std::size_t at_ = 0, held_ = 0; // for a frozen text, the part before `held_` was released
    int line_;
};

bool is_word(std::string_view text, std::string_view lower); // ignores the case of letters
bool is_literal_word(std::string_view text);                 // NULL, TRUE, FALSE, DEFAULT
std::string lower_case(std::string_view text);               // ASCII, as the server folds names

}
