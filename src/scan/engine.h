#pragma once
#include "base/result.h"
#include "scan/rules/rule.h"
#include "sys/pattern/pattern.h"
#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace fairlead::scan {

// A secret in a text, as bytes [begin, end).
struct Hit {
    const Rule* rule = nullptr;
    std::size_t begin = 0, end = 0;
};

// Guessing from entropy pays in what people write, not in lock files and minified code.
enum class Guess { yes, no };

// The rules at work: one pass over a text tells the lines that hold a keyword, and only there patterns are tried. They
// are compiled when a text first holds one of their keywords.
class Engine {
  public:
    // `allow`: expressions; a value that one of them matches anywhere is not a secret. Errors (usage) name the
    // expression.
    static Result<Engine> make(std::vector<const Rule*> rules, const std::vector<std::string>& allow);
    // By place, at most one for each place. A rule sees one line at a time; a block rule sees 16 KiB from its line on.
    // `path` tells which rules of certain files apply; empty: none of them.
    Result<std::vector<Hit>> find(std::string_view text, Guess guess = Guess::yes, std::string_view path = {});

  private:
    struct Loaded {
        const Rule* rule;
        std::optional<sys::Pattern> pattern;
        std::size_t searched = 0; // bytes of this text that need no further look; all of them: it is for other files
    };
    Engine(std::vector<Loaded> rules, std::vector<std::vector<std::size_t>> users, std::vector<std::string> keywords,
           std::vector<sys::Pattern> allow);
    Result<void> search(Loaded& loaded, std::string_view text, std::size_t keyword_end, std::vector<Hit>& hits);
    bool is_secret(const Rule& rule, std::string_view secret, std::string_view match) const;

    std::vector<Loaded> rules_;
    std::vector<std::size_t> of_files_;           // those of certain files
    std::vector<std::vector<std::size_t>> users_; // keyword -> rules
    std::vector<std::string> keywords_;
    std::optional<sys::LiteralSet> prefilter_; // of the keywords; compiling it takes 2 ms
    std::vector<sys::Pattern> allow_;
    std::vector<sys::LiteralSet::Hit> candidates_; // kept for its memory
};

}
