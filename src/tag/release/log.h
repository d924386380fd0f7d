#pragma once
#include "tag/release/account.h"
#include "tag/source/checkout.h"
#include "tag/source/web_links.h"
#include "tag/version/next_version.h"
#include <optional>
#include <string>
#include <vector>

// The history of a release, as its notes tell it.
namespace fairlead::tag {

struct Newcomer {
    Person person;
    std::size_t change; // the first of theirs
};

struct Log {
    std::string base;               // commit; empty: from the beginning
    std::string previous;           // how the base is called: a tag, or a short id; empty: none
    std::vector<LogCommit> commits; // newest first; those of other components too
    std::vector<Change> changes;
    std::vector<Newcomer> newcomers; // the first one first; of a first release nobody is one
    bool newcomers_known = true;     // false: the clone does not hold the history behind the base
    std::size_t own() const;         // how many commits of the component there are
};

struct LogWanted {
    std::string head;                   // commit
    std::string from;                   // tag or commit; empty: the version before
    std::optional<std::string> current; // the tag that is looked at: it is no base
    Component component;
    const CommitTypes& types; // must live as long as the log
    WebLinks links;
};

// Errors as of commits_since_version() and commits_between().
Result<Log> read_log(const LogWanted& wanted, Checkout& checkout);

}
