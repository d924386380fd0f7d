#pragma once
#include "tag/release/account.h"
#include "tag/source/checkout.h"
#include "tag/source/web_links.h"
#include "tag/version/next_version.h"
#include <optional>
#include <string>
#include <vector>

// Reads the history of a release, for its notes.
namespace fairlead::tag {

struct Newcomer {
    Person person;
    std::size_t change; // index of the person's first change
};

struct Log {
    std::string base;               // commit; empty: from the first commit
    std::string previous;           // name of the base: a tag, or a short id; empty: no base
    std::vector<LogCommit> commits; // newest first, including commits of other components
    std::vector<Change> changes;
    std::vector<Newcomer> newcomers; // earliest first; empty for a first release
    bool newcomers_known = true;     // false: the clone lacks the history before the base
    std::size_t own() const;         // the number of commits of this component
};

struct LogWanted {
    std::string head;                   // commit
    std::string from;                   // tag or commit; empty: the previous version
    std::optional<std::string> current; // the tag at `head`, which can't be its own base
    Component component;
    const CommitTypes& types; // must live as long as the log
    WebLinks links;
};

// Errors: as commits_since_version() and commits_between().
Result<Log> read_log(const LogWanted& wanted, Checkout& checkout);

}
