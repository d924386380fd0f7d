#pragma once
#include "tag/source/checkout.h"
#include "tag/version/commits.h"
#include "tag/version/component.h"
#include "tag/version/tags.h"
#include <map>
#include <optional>
#include <string>
#include <vector>

// The commits since a version, and which version that is.
namespace fairlead::tag {

struct RangeCommit {
    std::string id;   // 40 hex digits
    std::string text; // the message; there are many commits and few whose message is looked at twice
    CommitMessage message() const { return parse_message(text); }
};

struct CommitRange {
    std::optional<VersionTag> base;   // the highest version among the ancestors
    std::vector<RangeCommit> commits; // newest first, reverts and what they revert gone
    std::vector<std::string> undone;  // ids of those
};

// Of the tags those behind `head`, by name, each with its commit; with the commit before it where its own does nothing
// but name a release and isn't behind (the same of up to three).
Result<std::map<std::string, std::string>> tags_behind(const std::vector<const VersionTag*>& tags,
                                                       const std::string& head, Checkout& checkout);

enum class Base { release, prerelease }; // prerelease: of any kind

// The commits of a component since the highest of the tags (as of version_tags()) that is behind.
struct RangeWanted {
    const Component* component = nullptr;
    const std::vector<VersionTag>* tags = nullptr; // mostly its own
    Base base = Base::release;
};
// All of them by one walk over the commits where the highest tags are behind `head`, else by two more (per 63 of them).
Result<std::vector<CommitRange>> commits_since_versions(const std::vector<RangeWanted>& wanted, const std::string& head,
                                                        Checkout& checkout);
Result<CommitRange> commits_since_version(const Component& component, const std::string& head, Base base,
                                          const std::vector<VersionTag>& tags, Checkout& checkout);
Result<CommitRange> commits_between(const Component& component, const std::string& base, const std::string& head,
                                    Checkout& checkout);

}
