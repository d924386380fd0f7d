#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

// Reads the tokens of a JSONPath, and recognises the spellings of older dialects.
namespace fairlead::smoke::hurl {

// An edit that turns an older spelling into the standard's.
struct PathFix {
    std::size_t at = 0, size = 0;
    std::string by;
};

// A text that is read from left to right. Functions return whether they succeeded, and the expected token is kept for
// the message. They don't return a Result, because the parser recurses up to 1,000 levels, and each Result would need
// stack.
class PathText {
  public:
    // Only after a function returned false.
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

    // Return false. The error is at the current position, or at `start`.
    [[nodiscard]] bool wrong(std::string_view expected);
    [[nodiscard]] bool wrong(std::string_view expected, std::optional<PathFix> fix);
    [[nodiscard]] bool wrong_at(std::size_t start, std::string_view expected);

    // For older spellings at the current position.
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
