#pragma once
#include "base/result.h"
#include "sys/git/refs.h"
#include "sys/git/repository.h"
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

// What git noted of the exchanges of a clone with the repository that it came from: the ids and marks of FETCH_HEAD
// (git-fetch(1)), which tell of the last fetch alone, and the words of each in the reflogs, where it moved a reference.
namespace fairlead::tag {

// A fetch or a pull in its own words: "fetch --no-tags --depth=1 origin +refs/heads/main:refs/remotes/origin/main".
struct FetchWords {
    bool tags = false, no_tags = false;
    bool limited = false;              // --depth and the like: the history ends early
    std::vector<std::string> refspecs; // none: the remote's own
};
std::optional<FetchWords> parse_fetch(std::string_view reflog_message); // nothing: it was something else

struct LastFetch {
    bool is_told = false; // there is a FETCH_HEAD; git empties it first, so after a failure nothing may stand in it
    std::unordered_map<std::string, bool> objects; // true: not asked for one by one ("not-for-merge")
    std::vector<std::string> asked;                // objects that were asked for one by one
    std::vector<std::string> tags;                 // by name, that it saw
    std::string url;                               // where from, as git shows it: without user and ".git"
    bool followed = false;                         // some of `tags` were not asked for one by one
    bool unasked = false;                          // so was something else: the refspecs of the remote were followed
    bool asked_tag = false;
    bool asked_head = false;     // the remote's HEAD was asked for
    bool settings_newer = false; // the configuration was written since
};

struct Exchanges {
    enum class Began {
        cloned,
        here,   // git init
        unknown // no reflog says it: bare, switched off, expired
    };
    Began began = Began::unknown;
    bool has_logs = false, pushed = false;
    LastFetch last;
    std::vector<FetchWords> fetches;  // those that moved a reference
    std::vector<FetchWords> newest;   // of these: in the last second in which one did
    std::set<std::string> came_later; // references that a fetch made, not the clone
};
Result<Exchanges> exchanges_of(const sys::Repository& git);

}
