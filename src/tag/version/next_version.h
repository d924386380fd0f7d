#pragma once
#include "base/result.h"
#include "tag/source/checkout.h"
#include "tag/version/commit_range.h"
#include "tag/version/commit_types.h"
#include "tag/version/semver.h"
#include "tag/version/tags.h"
#include <optional>
#include <string>
#include <utility>
#include <vector>

// Finds the next version from the commits since the last version.
namespace fairlead::tag {

// A level that replaces the commits' level.
struct Override {
    Level level = Level::none;
    std::string by;       // "--level", "label 'release:major'"
    bool by_hand = false; // also works without commits, and replaces a footer Release-As
};

struct NextWanted {
    Component component;
    CommitTypes types;
    std::string head = "HEAD";
    std::string initial = "0.1.0";                           // if there is no version yet
    std::string channel;                                     // "beta": X.Y.Z-beta.N; empty: releases
    bool hold_major = false;                                 // in 0.x, breaking is minor and feat is patch
    std::vector<std::pair<std::string, Level>> label_levels; // levels that labels of a pull request ask for
    std::optional<Override> override_level;
    std::optional<Override> at_least; // because a dependency changed
};

struct NextVersion {
    std::string version, tag, previous; // previous: the tag before; empty: no earlier tag
    Level level = Level::none;          // since the last release
    std::size_t commits = 0;            // commits of the component since `previous`
    bool changed = false;
    std::string decided_by; // "1a2b3c4 feat: x": the commit that set the level or has Release-As
    std::string prefix;     // prefix of `tag`
    std::string inferred;   // how existing tags spell versions; empty: nothing to report besides v1.2.3
    std::string overridden; // what replaced the level of the commits; empty: nothing
    std::vector<std::string>
        warnings; // tags that don't count but maybe should, higher tags elsewhere, mistakes in footers
};

Level level_of(const CommitTypes& types, const CommitMessage& message, bool hold);
Semver raise(const Semver& version, Level level);

// Returns the commit that asks for a release, with a short description; nothing: no commit does.
Result<std::optional<std::string>> release_worthy(const std::vector<RangeCommit>& commits, const CommitTypes& types);

// Returns the greatest level that a label asks for.
std::optional<Override> asked_by_labels(const NextWanted& wanted, const std::vector<std::string>& labels);

Result<void> check_channel(const std::string& channel); // error (usage): it can't be part of a version
Result<void> check_initial(const std::string& version); // error (usage): it is not a release

// Error (usage): channel, initial version, Release-As, or several lines of versions. Error (no): a tag is in the way,
// or tags contradict each other; the message names them. Error (could_not): a shallow clone, with the fetch to run.
Result<NextVersion> next_version(const NextWanted& wanted, Checkout& checkout);

// Input for decide_next(), which returns the same as next_version() from known facts.
struct Since {
    VersionTags tags;
    CommitRange release; // since the last release
    CommitRange latest;  // since the last version of any kind; only if asks_for_latest()
};
bool asks_for_latest(const NextWanted& wanted, const std::vector<VersionTag>& tags);
Result<NextVersion> decide_next(const NextWanted& wanted, Since since, Checkout& checkout);

}
