#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

// The words of a JSONPath, and what older dialects write in their place.
namespace fairlead::smoke::hurl {

// Turns an older spelling into the standard's.
struct PathFix {
    std::size_t at = 0, size = 0;
    std::string by;
};

// A text that is read from left to right. Functions say by a bool whether they went well, and what was expected is kept
// for the message: the parser calls itself up to 1,000 levels deep, and each Result of its frames would take stack.
class PathText {
  public:
    // After a false.
    const std::string& expected() const { return expected_; }
    std::size_t failed_at() const { return failed_at_; } // offset in bytes
    const std::optional<PathFix>& fix() const { return fix_; }

  protected:
    explicit PathText(std::string_view text) : text_(text) {}

    char peek(std::size_t ahead = 0) const { return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0'; }
    bool is_at_quote() const { return peek() == '\'' || peek() == '"'; }
    bool begins_number() const;
    bool eat(std::string_view token);
    void skip_blanks();

    [[nodiscard]] bool shorthand(std::size_t from,
                                 std::string& name); // .name; `from`: where ['name'] would begin instead
    [[nodiscard]] bool integer(std::int64_t& value);
    [[nodiscard]] bool quoted(std::string& out);

    // False. The place of the error is the one that was reached, or `start`.
    [[nodiscard]] bool wrong(std::string_view expected);
    [[nodiscard]] bool wrong(std::string_view expected, std::optional<PathFix> fix);
    [[nodiscard]] bool wrong_at(std::size_t start, std::string_view expected);

    // For older spellings at the place that was reached.
    std::optional<PathFix> root_fix() const;    // a.b, .a, @.a
    std::optional<PathFix> rest_fix() const;    // $a
    std::optional<PathFix> bracket_fix() const; // $[name]
    std::optional<PathFix> equals_fix() const;  // @.a = 1

    std::string_view text_;
    std::size_t at_ = 0;

  private:
    struct Shorthand {
        std::size_t from = 0, start = 0, end = 0;
    };
    [[nodiscard]] bool escape(char quote, std::string& out);
    [[nodiscard]] bool unicode_escape(std::string& out);
    std::optional<std::uint32_t> code_unit();
    std::optional<PathFix> name_fix(std::size_t from, std::size_t start) const;
    std::optional<PathFix> dot_fix(std::size_t from) const;

    Shorthand last_name_;
    std::string expected_;
    std::size_t failed_at_ = 0;
    std::optional<PathFix> fix_;
};

}
