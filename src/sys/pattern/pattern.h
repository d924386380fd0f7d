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

// What a pattern treats as one character. With utf8, nothing matches invalid bytes, not even `\W`.
enum class Characters { utf8, bytes };

// A regular expression with linear run time (RE2 syntax, leftmost-first). `(?<name>` is accepted everywhere.
class Pattern {
  public:
    // Error (usage) with RE2's reason.
    static Result<Pattern> compile(std::string_view expression, Characters characters = Characters::utf8);
    Pattern(Pattern&&) noexcept;
    Pattern& operator=(Pattern&&) noexcept;
    ~Pattern();
    // Finds the first match at or after `start`. groups[0] is the whole match; an unset group has data() == nullptr.
    bool search(std::string_view text, std::size_t start, std::vector<std::string_view>& groups) const;
    bool matches(std::string_view text) const; // whether there is a match anywhere
    int group_count() const;
    std::size_t size() const; // number of instructions; a search takes at most so many steps for each byte

  private:
    struct State;
    explicit Pattern(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

// A regular expression like ECMAScript's, with look-around and back-references (PCRE2). A match limit stops slow
// patterns; search() is then an error (usage) that names the pattern.
class ScriptPattern {
  public:
    // Accepts JavaScript's flags i m s u g y d v; other flags are an error.
    static Result<ScriptPattern> compile(std::string_view expression, std::string_view flags);
    ScriptPattern(ScriptPattern&&) noexcept;
    ScriptPattern& operator=(ScriptPattern&&) noexcept;
    ~ScriptPattern();
    using Groups = std::vector<std::optional<std::string>>; // [0] whole match
    Result<std::optional<Groups>> search(std::string_view text) const;
    // Returns group `index` of the first match, a view into `text`; nothing if there is no match or the group is unset.
    Result<std::optional<std::string_view>> group(std::string_view text, std::size_t index) const;
    // all matches as a whole, as with the flag g
    Result<std::vector<std::string>> all_matches(std::string_view text) const;
    std::size_t group_count() const; // the whole match not counted

  private:
    struct State;
    Result<int> match(std::string_view text) const; // number of groups; 0: no match
    explicit ScriptPattern(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

// Searches for many literals at once (vectorscan), ignoring ASCII case: a fast filter before slower patterns.
class LiteralSet {
  public:
    static Result<LiteralSet> compile(std::span<const std::string> literals);
    LiteralSet(LiteralSet&&) noexcept;
    LiteralSet& operator=(LiteralSet&&) noexcept;
    ~LiteralSet();
    struct Hit {
        std::uint32_t literal; // index in the given literals
        std::uint64_t end;     // offset one past the last byte
    };
    void scan(std::string_view text, std::vector<Hit>& hits) const; // appends; at most once per literal and position

  private:
    struct State;
    explicit LiteralSet(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

}
