#pragma once
#include "base/result.h"
#include "scan/rules/glance.h"
#include "scan/rules/rule.h"
#include "sys/pattern/pattern.h"
#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

namespace fairlead::scan {

// A secret in a text, as bytes [begin, end).
struct Hit {
    const Rule* rule = nullptr;
    std::size_t begin = 0, end = 0;
    std::string decoded = {}; // the decoded secret; empty: the bytes are the secret
};

struct Part { // of a text: bytes [begin, end)
    std::size_t begin = 0, end = 0;
};

// A part of a text that must be scanned again if any of it changes. `found`: something may be found in it; false: only
// the beginning of a match is there.
struct Zone : Part {
    bool found = false;
};

// Leaves one hit for each place: the first and longest. A hit of a rule that accepts any value stays only if there is
// no other.
void remove_overlaps(std::vector<Hit>& hits);

bool is_guess(const Rule& rule); // the rule recognises a secret by its place or entropy, not by its shape

// Guessing from entropy is useful in text that people write, but not in lock files and minified code. only_blocks: no
// guesses, and only rules whose matches may span lines.
enum class Guess { yes, no, only_blocks };

// A cache of lines without a hit, because the versions of a file share most lines.
class CleanLines {
  public:
    bool contains(std::string_view line) const { return lines_.find(line) != lines_.end(); }
    void add(std::string_view line);

  private:
    struct Hash : std::hash<std::string_view> {
        using is_transparent = void;
    };
    std::unordered_set<std::string, Hash, std::equal_to<>> lines_;
    std::size_t bytes_ = 0;
};

// Applies the rules. One pass over a text finds the lines with a keyword, and patterns are only tried there. A pattern
// is compiled when a text first contains a keyword of its rule.
class Engine {
  public:
    // `allow`: expressions; a value with a match of any of them is not a secret. Error (usage) names the expression.
    static Result<Engine> make(std::vector<const Rule*> rules, const std::vector<std::string>& allow);
    // Returns hits by place, at most one for each place. A rule sees one line at a time; a block rule sees 16 KiB from
    // its line on. `path` decides which rules for certain files apply; empty: no such rule applies.
    Result<std::vector<Hit>> find(std::string_view text, Guess guess = Guess::yes, std::string_view path = {});
    // pieces: any whole lines of the text, each piece separately. some_lines: the same for a text in which lines are
    // missing.
    enum class Reach { text, pieces, some_lines };
    // Returns whether find() could have a hit in a piece that touches the lines [begin, end). True may be wrong, false
    // is certain.
    Result<bool> may_find(std::string_view text, Part lines, Guess guess, std::string_view path, Reach reach);
    // Adds the zones of all whole lines that touch [begin, end). If these lines touch a zone of the text before the
    // change, they must contain the whole zone.
    Result<void> add_zones(std::string_view text, Part lines, std::string_view path, std::vector<Zone>& zones);
    bool has_rule_for(std::string_view path) const;     // whether a rule for certain files applies to this file
    std::string rules_for(std::string_view path) const; // the rules for certain files that apply to this file

  private:
    struct Loaded {
        const Rule* rule;
        Glance glance;
        std::optional<sys::Pattern> pattern = {};
        std::optional<sys::Pattern> each = {};
        std::size_t searched = 0; // bytes of this text that were searched; all if the rule is for other files
    };
    Engine(std::vector<Loaded> rules, std::vector<std::vector<std::size_t>> users, std::vector<std::string> keywords,
           std::vector<sys::Pattern> allow);
    Result<void> start(std::string_view text, Part part, std::string_view path);
    // rules for certain files that don't apply to this file
    const std::vector<std::size_t>& of_others(std::string_view path);
    // Visits the lines of the candidates. `is_known`: known to have no hit by any rule for all files.
    struct Line {
        std::string_view text;
        std::size_t end = 0;
        bool is_known = false, remember = false;
        bool is_done_by(const Rule& rule) const; // the line has no hit of this rule
    };
    bool may_match(const Loaded& loaded, std::string_view text, const sys::LiteralSet::Hit& candidate) const;
    void next_line(std::string_view text, std::size_t keyword_end, bool may_remember, Line& line);
    struct Candidate; // for a secret: a keyword in a line that isn't known to be clean, and a rule of it
    // `take` returns whether it wants further candidates; if not, the last line isn't remembered.
    template <typename Take>
    Result<void> each_candidate(std::string_view text, std::size_t near, Guess guess, Line& line, Take take);
    // Returns whether the result depends on more than the keyword's line.
    Result<bool> search(Loaded& loaded, std::string_view text, std::size_t keyword_end, Reach reach,
                        std::vector<Hit>& hits);
    void search_window(const Loaded& loaded, std::string_view text, std::size_t begin, std::size_t end, Reach reach,
                       std::vector<Hit>& hits) const;
    void search_block(const Loaded& loaded, std::string_view block, std::size_t offset, std::vector<Hit>& hits) const;
    bool is_secret(const Rule& rule, std::string_view secret, std::string_view match) const;

    std::vector<Loaded> rules_;
    std::vector<std::size_t> of_files_;           // rules for certain files
    std::optional<std::string> last_path_;        // last argument of of_others()
    std::vector<std::size_t> of_others_;          // its result
    std::vector<std::vector<std::size_t>> users_; // keyword -> rules
    std::vector<std::string> keywords_;
    std::optional<sys::LiteralSet> prefilter_; // for the keywords; compiling it takes 2 ms
    std::vector<sys::Pattern> allow_;
    std::vector<sys::LiteralSet::Hit> candidates_; // of the text; a member so that its memory is reused
    CleanLines clean_;
};

}
