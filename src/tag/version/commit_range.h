#pragma once
#include "tag/source/checkout.h"
#include "tag/version/commits.h"
#include "tag/version/component.h"
#include "tag/version/tags.h"
#include <map>
#include <optional>
#include <string>
#include <vector>

// Finds the commits since a version, and that version.
namespace fairlead::tag {

struct RangeCommit {
    std::string id;   // 40 hex digits
    std::string text; // the message; parsed on demand, because few are needed
    CommitMessage message() const { return parse_message(text); }
};

struct CommitRange {
    std::optional<VersionTag> base;   // the highest version among the ancestors
    std::vector<RangeCommit> commits; // newest first, without reverts and reverted commits
    std::vector<std::string> undone;  // ids of the reverts and reverted commits
};

// Returns the tags among the ancestors of `head`, by name, each with its commit. If the tag's own commit isn't an
// ancestor and only names a release, the commit before it counts (up to three such commits).
Result<std::map<std::string, std::string>> tags_behind(const std::vector<const VersionTag*>& tags,
                                                       const std::string& head, Checkout& checkout);

enum class Base { release, prerelease }; // prerelease: any version

// A request for the commits of a component since the highest tag (of version_tags()) among the ancestors.
struct RangeWanted {
    const Component* component = nullptr;
    const std::vector<VersionTag>* tags = nullptr; // usually the component's own tags
    Base base = Base::release;
};
// Needs one walk over the commits if the highest tags are ancestors of `head`, else two more (per 63 tags).
Result<std::vector<CommitRange>> commits_since_versions(const std::vector<RangeWanted>& wanted, const std::string& head,
                                                        Checkout& checkout);
Result<CommitRange> commits_since_version(const Component& component, const std::string& head, Base base,
                                          const std::vector<VersionTag>& tags, Checkout& checkout);
Result<CommitRange> commits_between(const Component& component, const std::string& base, const std::string& head,
                                    Checkout& checkout);

}
