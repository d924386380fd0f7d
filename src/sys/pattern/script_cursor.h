#pragma once
#include <optional>
#include <string>
#include <string_view>

// Reads characters, escapes and sets of ECMAScript's patterns from a text of code points.
namespace fairlead::sys {

inline bool is_script_digit(char32_t c) { return c >= U'0' && c <= U'9'; }
inline bool is_script_letter(char32_t c) { return (c >= U'a' && c <= U'z') || (c >= U'A' && c <= U'Z'); }

std::u32string code_points(std::string_view text); // wrong UTF-8 becomes U+FFFD
std::string pcre_literal(char32_t code); // the character in PCRE2's syntax, valid inside and outside of a class

enum class In { pattern, character_class };

// A position in the pattern. The first error is kept and ends the reading: the rest of the text is dropped.
class ScriptCursor {
  public:
    ScriptCursor(std::u32string_view pattern, bool unicode) : pattern_(pattern), unicode_(unicode) {}
    const std::optional<std::string>& refused() const { return refused_; }

  protected:
    bool more() const { return at_ < pattern_.size(); }
    char32_t peek(std::size_t ahead = 0) const { return at_ + ahead < pattern_.size() ? pattern_[at_ + ahead] : U'\0'; }
    bool take(std::u32string_view text);
    void refuse(std::string_view reason);

    // These two read after a backslash:
    std::string take_set();            // members of a set such as `\d`; empty: another escape
    char32_t take_character(In where); // any other escape

    std::u32string_view pattern_;
    bool unicode_;
    std::size_t at_ = 0;

  private:
    std::optional<char32_t> hexadecimal(std::size_t offset, std::size_t count) const;
    char32_t control(In where);
    char32_t hexadecimal_escape(char32_t kind);
    char32_t octal(char32_t first);

    std::optional<std::string> refused_;
};

}
