#pragma once
#include "base/result.h"
#include "tag/version/commits.h"
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// What a commit of each type asks of the version, and where the changelog shows it.
namespace fairlead::tag {

enum class Level { none, patch, minor, major };
std::string_view name_of(Level level);
Result<Level> parse_level(std::string_view name); // error (usage): it is none of the four

struct CommitType {
    std::string type;  // of Conventional Commits, lower case; "*": any commit, also one that is not conventional
    std::string scope; // a glob, lower case; empty or "*": any, also none
    Level level = Level::none;
    std::string section; // heading in the changelog; empty: its commits are left out there, and counted
    std::optional<Level> breaking =
        {}; // what a breaking one asks of the version; nothing: as the row for the rest has it
};

bool is_rest(const CommitType& row); // it fits every commit

// A row of fairlead.yml; what it leaves out is as the rows behind it have it.
struct WrittenType {
    std::string type, scope;
    std::optional<Level> level;
    std::optional<std::string> section;
    Place place;
    std::optional<Level> breaking = {};
};

// Asked in order, and the first row that fits decides: the given rows, today's defaults behind them (feat is minor;
// fix, perf and revert are patch), then the given row "*" without a scope, and last the default for everything else.
class CommitTypes {
  public:
    CommitTypes(); // the defaults
    // Error (usage), at the row's place: no type or none that a commit can have, one that comes twice or that an
    // earlier row hides, a scope that can't be read, a blank section, a '*' that says nothing.
    static Result<CommitTypes> of_rows(const std::vector<WrittenType>& given);

    const CommitType& of(const CommitMessage& message) const; // never fails
    Level level_of(const CommitMessage& message) const;       // a breaking one is major where no row says otherwise
    const std::vector<CommitType>& rows() const { return rows_; }

  private:
    const CommitType* find(std::string_view type, const std::string& scope) const;
    std::vector<CommitType> rows_;
};

}
