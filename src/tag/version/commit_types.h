#pragma once
#include "base/result.h"
#include "tag/version/commits.h"
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// Maps the type of a commit to a level of the version and a section of the changelog.
namespace fairlead::tag {

enum class Level { none, patch, minor, major };
std::string_view name_of(Level level);
Result<Level> parse_level(std::string_view name); // error (usage): an unknown level

struct CommitType {
    std::string type;  // of Conventional Commits, lower case; "*": any commit, also one that isn't conventional
    std::string scope; // a glob, lower case; empty or "*": any scope or no scope
    Level level = Level::none;
    std::string section;                // heading in the changelog; empty: its commits are counted, but not listed
    std::optional<Level> breaking = {}; // level of a breaking commit; nothing: as in the row for all other commits
};

bool is_rest(const CommitType& row); // the row matches every commit

// A row of fairlead.yml. Missing values are taken from later rows that match.
struct WrittenType {
    std::string type, scope;
    std::optional<Level> level;
    std::optional<std::string> section;
    Place place;
    std::optional<Level> breaking = {};
};

// The first row that matches a commit decides. The order: the given rows, today's defaults (feat is minor; fix, perf
// and revert are patch), the given row "*" without a scope, and last the default for everything else.
class CommitTypes {
  public:
    CommitTypes(); // the defaults
    // Error (usage), at the row's place: a missing or impossible type, a type that is repeated or hidden by an earlier
    // row, a wrong scope, a blank section, or a '*' without effect.
    static Result<CommitTypes> of_rows(const std::vector<WrittenType>& given);

    const CommitType& of(const CommitMessage& message) const; // never fails
    Level level_of(const CommitMessage& message) const;       // breaking commits are major unless a row says otherwise
    const std::vector<CommitType>& rows() const { return rows_; }

  private:
    const CommitType* find(std::string_view type, const std::string& scope) const;
    std::vector<CommitType> rows_;
};

}
