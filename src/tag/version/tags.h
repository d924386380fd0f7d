#pragma once
#include "base/result.h"
#include "tag/source/checkout.h"
#include "tag/version/component.h"
#include "tag/version/semver.h"
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// The tags that are versions, and which of them are one line: those of the repository as a whole, or of a component.
namespace fairlead::tag {

struct VersionTag {
    std::string name; // v1.2.3
    Semver version;
    std::string prefix = {}; // what stands before the number: v, api/v, pkg@
    bool two_parts = false;  // v1.2, which is 1.2.0
};

// [PREFIX]X.Y.Z or [PREFIX]X.Y, as of a semantic version; a prefix is v, or ends in one of / @ - _ with a v or without.
std::optional<VersionTag> read_version_tag(std::string_view name);

struct VersionTags {
    std::vector<VersionTag> tags;     // of one line, highest first
    std::string prefix;               // of the next tag, where there is none yet
    bool inferred = false;            // the prefix was found out from the tags
    std::optional<VersionTag> beside; // the highest one that would be of the line, if the given prefix were another;
                                      // of any line, where no tag begins with a prefix that was asked for
    std::string odd;                  // the highest one that looks like a version and is none: 1.2.3.4; empty: none
};

// The line of a component, or of the repository as a whole. Where no prefix is given, v and bare tags are one line;
// else it is the only line that there is. A two-part tag beside the X.Y.0 that it may stand for is a moving one and
// none. Error (usage): several lines could be meant, no tag has a name that was asked for, or tags look like versions
// of another kind. Others as of Checkout::require(needed).
Result<VersionTags> version_tags(const Component& component, Checkout& checkout, Tags needed);
Result<VersionTags> version_tags(const Component& component, const std::vector<std::string>& names);
Result<std::vector<std::string>> all_tags(Checkout& checkout, Tags needed); // their names, in no order

// How the line goes on from `base` (or from its highest tag): v1.3.0, 1.3.0, or v1.3 where X.Y.0 is written so.
struct Spelling {
    std::string prefix;
    bool short_zero = false;                       // X.Y.0 is written X.Y
    bool patches = true;                           // there are versions X.Y.Z; where not, a fix is X.Y, too
    std::string text(const Semver& version) const; // without the prefix
};
Spelling spelling_of(const VersionTags& tags, const VersionTag* base);

}
