#pragma once
#include "base/result.h"
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace fairlead::sys {

// Linear-time regular expression (RE2 syntax, leftmost-first). `(?<name>` is accepted everywhere.
class Pattern {
  public:
    static Result<Pattern> compile(std::string_view expression); // usage error with RE2's reason
    Pattern(Pattern&&) noexcept;
    Pattern& operator=(Pattern&&) noexcept;
    ~Pattern();
    // Groups of the first match at or after `start`; [0] is the whole match, an unset group has data() == nullptr.
    bool search(std::string_view text, std::size_t start, std::vector<std::string_view>& groups) const;
    bool matches(std::string_view text) const; // anywhere
    int group_count() const;

  private:
    struct State;
    explicit Pattern(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

// ECMAScript-like expression with look-around and back-references (PCRE2) under a match limit, so that no pattern
// hangs: the search of such a one is an error (usage) that names it.
class ScriptPattern {
  public:
    // flags of JavaScript: i m s u g y d v; others are an error.
    static Result<ScriptPattern> compile(std::string_view expression, std::string_view flags);
    ScriptPattern(ScriptPattern&&) noexcept;
    ScriptPattern& operator=(ScriptPattern&&) noexcept;
    ~ScriptPattern();
    using Groups = std::vector<std::optional<std::string>>; // [0] whole match
    Result<std::optional<Groups>> search(std::string_view text) const;
    // Group `index` of the first match, a part of `text`; nothing without a match or where the group took no part.
    Result<std::optional<std::string_view>> group(std::string_view text, std::size_t index) const;
    Result<std::vector<std::string>> all_matches(std::string_view text) const; // whole ones, as with the flag g
    std::size_t group_count() const;                                           // without the whole match

  private:
    struct State;
    Result<int> match(std::string_view text) const; // how many groups it has; 0: none was found
    explicit ScriptPattern(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

// Many literals at once (vectorscan), ASCII case-blind: a prefilter. Compiled when made.
class LiteralSet {
  public:
    static Result<LiteralSet> compile(std::span<const std::string> literals);
    LiteralSet(LiteralSet&&) noexcept;
    LiteralSet& operator=(LiteralSet&&) noexcept;
    ~LiteralSet();
    struct Hit {
        std::uint32_t literal; // index in what was given
        std::uint64_t end;     // offset one past the last byte
    };
    void scan(std::string_view text, std::vector<Hit>& hits) const; // appends; at most once per literal and position

  private:
    struct State;
    explicit LiteralSet(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

}
