#pragma once
#include "base/result.h"
#include "sys/pattern/pattern.h"
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace fairlead::scan::gitleaks {

// Returns the length of the character at `offset`; 0: the byte is not UTF-8, so Go treats this one byte as U+FFFD.
std::size_t go_character(std::string_view text, std::size_t offset);

// A text for Go's regular expressions, in which each byte that isn't UTF-8 counts as U+FFFD (Go, package regexp).
class GoText {
  public:
    explicit GoText(std::string_view text); // `text` must live as long as the object
    std::string_view original() const { return original_; }
    std::string_view searched() const { return replaced_.empty() ? original_ : std::string_view(replaced_); }
    std::size_t to_original(std::size_t offset) const; // `offset`: in searched()
    std::string_view to_original(std::string_view part) const;

  private:
    std::string_view original_;
    std::string replaced_;           // empty: the text is UTF-8
    std::vector<std::size_t> wrong_; // offsets of the replaced bytes in `replaced_`
};

// A regular expression that matches as Go's package regexp does.
class GoPattern {
  public:
    // Error (usage) with RE2's reason.
    static Result<GoPattern> compile(std::string_view expression);
    // Returns all matches as offsets [begin, end) in the original text, left to right, without overlap.
    std::vector<std::pair<std::size_t, std::size_t>> find_all(const GoText& text) const;
    // Returns the groups of the first match, which are parts of `text`; none: no match. A group without a match is
    // empty.
    std::vector<std::string_view> groups(std::string_view text) const;
    bool matches(const GoText& text) const;
    bool matches(std::string_view text) const { return matches(GoText(text)); }
    int group_count() const { return pattern_.group_count(); }
    const std::string& expression() const { return expression_; }

  private:
    GoPattern(std::string_view expression, sys::Pattern pattern)
        : expression_(expression), pattern_(std::move(pattern)) {}
    std::string expression_;
    sys::Pattern pattern_;
};

}
