#pragma once
#include "base/result.h"
#include "tag/source/checkout.h"
#include "tag/version/commit_types.h"
#include "tag/version/semver.h"
#include "tag/version/tags.h"
#include <optional>
#include <string>
#include <vector>

// Which version comes next, from the commits since the last one.
namespace fairlead::tag {

struct Component {
    std::string prefix = "v";                  // of its tags: v, api/v, api-v, api@
    std::vector<std::string> include, exclude; // globs of the paths that belong to it; none: everything
    std::vector<std::string> others;           // include globs of the other components: a longer match is theirs
    std::string folder;                        // absolute, where globs start; empty: at the repository's root
};

struct NextWanted {
    Component component;
    CommitTypes types;
    std::string head = "HEAD";
    std::string initial = "0.1.0"; // without any version
    std::string channel;           // "beta": X.Y.Z-beta.N; empty: releases
    bool hold_major = false;       // in 0.x: breaking is minor, feat is patch
};

struct NextVersion {
    std::string version, tag, previous; // previous: the tag before; empty: none
    Level level = Level::none;          // since the last release
    std::size_t commits = 0;            // of the component since `previous`
    bool changed = false;
    std::string decided_by; // "1a2b3c4 feat: x": the commit that set the level, or asked by Release-As
    std::string warning;    // tags that do not count and maybe should; empty: none
};

Level level_of(const CommitTypes& types, const CommitMessage& message, bool hold);
Semver raise(const Semver& version, Level level);
bool belongs(const Component& component, const std::string& path);
// What every path begins with that can belong to it, as seen from the root; `folder`: from there to where globs start.
std::vector<std::string> beginnings(const Component& component, const std::string& folder);

Result<void> check_channel(const std::string& channel); // error (usage): it can't stand in a version
Result<void> check_initial(const std::string& version); // error (usage): it is no release

// Errors: usage (channel, initial version, Release-As); no, with the tag that is in the way; could_not, for a shallow
// clone with the fetch to run.
Result<NextVersion> next_version(const NextWanted& wanted, Checkout& checkout);

}
