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

// Which version comes next, from the commits since the last one.
namespace fairlead::tag {

// A level that counts instead of what the commits ask for.
struct Override {
    Level level = Level::none;
    std::string by;       // "--level", "label 'release:major'"
    bool by_hand = false; // also where there are no commits, and over a footer Release-As
};

struct NextWanted {
    Component component;
    CommitTypes types;
    std::string head = "HEAD";
    std::string initial = "0.1.0";                           // without any version
    std::string channel;                                     // "beta": X.Y.Z-beta.N; empty: releases
    bool hold_major = false;                                 // in 0.x: breaking is minor, feat is patch
    std::vector<std::pair<std::string, Level>> label_levels; // what a label of a pull request asks for
    std::optional<Override> override_level;
    std::optional<Override> at_least; // because of what it depends on
};

struct NextVersion {
    std::string version, tag, previous; // previous: the tag before; empty: none
    Level level = Level::none;          // since the last release
    std::size_t commits = 0;            // of the component since `previous`
    bool changed = false;
    std::string decided_by; // "1a2b3c4 feat: x": the commit that set the level, or asked by Release-As
    std::string prefix;     // of `tag`
    std::string inferred;   // how versions are written here, as the tags tell; empty: nothing to tell beyond v1.2.3
    std::string overridden; // what counted instead of the types of commits; empty: nothing
    std::vector<std::string>
        warnings; // tags that don't count and maybe should, higher ones elsewhere, slips in footers
};

Level level_of(const CommitTypes& types, const CommitMessage& message, bool hold);
Semver raise(const Semver& version, Level level);

// Which commit asks for a release, as a label of it; nothing: none does.
Result<std::optional<std::string>> release_worthy(const std::vector<RangeCommit>& commits, const CommitTypes& types);

// The greatest level that one of the labels asks for.
std::optional<Override> asked_by_labels(const NextWanted& wanted, const std::vector<std::string>& labels);

Result<void> check_channel(const std::string& channel); // error (usage): it can't stand in a version
Result<void> check_initial(const std::string& version); // error (usage): it is no release

// Errors: usage (channel, initial version, Release-As, several lines of versions); no, with the tag that is in the way
// or with tags that contradict each other; could_not, for a shallow clone with the fetch to run.
Result<NextVersion> next_version(const NextWanted& wanted, Checkout& checkout);

// The same from what was found before.
struct Since {
    VersionTags tags;
    CommitRange release; // since the last release
    CommitRange latest;  // since the last version of any kind, where asks_for_latest()
};
bool asks_for_latest(const NextWanted& wanted, const std::vector<VersionTag>& tags);
Result<NextVersion> decide_next(const NextWanted& wanted, Since since, Checkout& checkout);

}
