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

// Reads git's records of a clone's fetches and pushes: FETCH_HEAD (git-fetch(1)), which describes only the last fetch,
// and the messages in reflogs, which exist if a reference moved.
namespace fairlead::tag {

// The options of a fetch or a pull, from "fetch --no-tags --depth=1 origin +refs/heads/main:refs/remotes/origin/main".
struct FetchWords {
    bool tags = false, no_tags = false;
    bool limited = false;              // --depth and similar options: the history ends early
    std::vector<std::string> refspecs; // empty: the remote's configured refspecs
};
std::optional<FetchWords> parse_fetch(std::string_view reflog_message); // nothing: another message

struct LastFetch {
    bool is_told = false; // FETCH_HEAD exists; after a failed fetch it may be empty
    // id -> whether git fetched it without an explicit request ("not-for-merge")
    std::unordered_map<std::string, bool> objects;
    std::vector<std::string> asked; // objects with an explicit request
    std::vector<std::string> tags;  // names of the tags that it saw
    std::string url;                // the source as git shows it: without user and ".git"
    bool followed = false;          // some of `tags` came without an explicit request
    bool unasked = false; // something other than a tag came without a request, so git used the remote's refspecs
    bool asked_tag = false;
    bool asked_head = false;     // the remote's HEAD was asked for
    bool settings_newer = false; // the configuration was changed after the fetch
};

struct Exchanges {
    enum class Began {
        cloned,
        here,   // git init
        unknown // no reflog says it: bare clone, reflogs off or expired
    };
    Began began = Began::unknown;
    bool has_logs = false, pushed = false;
    bool is_own = false; // its first commit was made here, and nothing was merged from FETCH_HEAD
    LastFetch last;
    std::vector<FetchWords> fetches;  // fetches that moved a reference
    std::vector<FetchWords> newest;   // the fetches in the last second that had a fetch
    std::set<std::string> came_later; // references that a later fetch made, not the clone
};
Result<Exchanges> exchanges_of(const sys::Repository& git);

}
