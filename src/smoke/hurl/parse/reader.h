#pragma once
#include "base/result.h"
#include "smoke/hurl/syntax.h"
#include <string>
#include <string_view>

// A position in the text of a Hurl file, and the smallest parts of its grammar. If there is no x, a function `try_x`
// returns nothing and doesn't move; other functions return an error with the place.
namespace fairlead::smoke::hurl {

class Reader {
  public:
    explicit Reader(const File& file) : file_(file), text_(file.text) {}

    struct Mark {
        std::size_t at = 0;
        Spot spot;
    };
    Mark mark() const { return {at_, spot_}; }
    void back(Mark mark) { at_ = mark.at, spot_ = mark.spot; }
    Spot spot() const { return spot_; }
    std::string_view since(Mark mark) const { return text_.substr(mark.at, at_ - mark.at); }
    std::string_view rest() const { return text_.substr(at_); }

    bool at_end() const { return at_ == text_.size(); }
    bool at_line_end() const { return at_end() || peek() == '\n' || (peek() == '\r' && peek(1) == '\n'); }
    char peek(std::size_t ahead = 0) const { return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0'; }
    bool sees(std::string_view word) const { return text_.substr(at_).starts_with(word); }
    bool take(std::string_view word);  // false: something else is here
    std::string_view take_character(); // with all bytes of its code point
    void skip(std::size_t bytes);
    template <typename P>
    std::string take_while(P is_wanted) { // `is_wanted` gets the first byte of each character
        std::string taken;
        while (!at_end() && is_wanted(peek())) taken += take_character();
        return taken;
    }

    bool skip_blanks(); // blanks and tabs; false: there were none
    // Skips blanks, a comment, and the end of the line or file. Error: something else is here.
    Result<void> end_line();
    void skip_empty_lines(); // also lines with only a comment; stops at the first character of the next other line

    Error wrong(Spot spot, std::string message) const { return usage(std::move(message), file_.place(spot)); }
    Error expected(std::string_view what) const; // "expected what, not 'x'"

    // `{{name}}`; nothing if there are no two braces.
    Result<std::optional<Placeholder>> try_placeholder();
    // Reads an escape after its backslash. `others`: characters that may be escaped besides \ b f n r t u.
    Result<std::string> escaped(std::string_view others);

    enum class Escapes { yes, no };
    enum class Placeholders { yes, no };
    // Reads a template up to a character for which `ends` is true, or the end of the text.
    template <typename P>
    Result<Template> text_until(P ends, Escapes escapes, std::string_view others,
                                Placeholders placeholders = Placeholders::yes) {
        Template read{.spot = spot_};
        while (!at_end() && !ends(*this)) TRY_VOID(add_piece(read, escapes, others, placeholders));
        return read;
    }
    Result<Template> quoted();                 // "text"
    Result<std::optional<Template>> try_key(); // the key of a header, a parameter or a capture
    // up to a comment or the end of the line, without the blanks before that
    Result<Template> value_of_line();
    Result<Template> file_name(std::string_view ends); // up to one of `ends`, a blank or a comment

  private:
    Result<void> add_piece(Template& read, Escapes escapes, std::string_view others, Placeholders placeholders);
    const File& file_;
    std::string_view text_;
    std::size_t at_ = 0;
    Spot spot_;
};

void add_text(Template& to, std::string_view text, Spot spot);
void trim_end(Template& text); // blanks and tabs

}
