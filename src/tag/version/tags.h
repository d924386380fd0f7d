#pragma once
#include "base/result.h"
#include "tag/source/checkout.h"
#include "tag/version/component.h"
#include "tag/version/semver.h"
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// Finds the tags that are versions, and the tags that form one line: of the whole repository, or of a component.
namespace fairlead::tag {

struct VersionTag {
    std::string name; // v1.2.3
    Semver version;
    std::string prefix = {}; // the text before the number: v, api/v, pkg@
    bool two_parts = false;  // v1.2, which counts as 1.2.0
};

// Reads [PREFIX]X.Y.Z or [PREFIX]X.Y as a semantic version. A prefix is v, or ends in / @ - or _, with or without a v.
std::optional<VersionTag> read_version_tag(std::string_view name);

struct VersionTags {
    std::vector<VersionTag> tags;     // tags of one line, highest first
    std::string prefix;               // prefix of the next tag if there is no tag yet
    bool inferred = false;            // the prefix was found from the tags
    std::optional<VersionTag> beside; // the highest tag that another prefix would add to the line; if no tag begins
                                      // with the given prefix, the highest of any line
    std::string odd; // the highest tag that looks like a version but isn't one: 1.2.3.4; empty: none found
};

// Returns the line of a component, or of the whole repository. Without a given prefix, `v` and bare tags form one line;
// else the repository must have a single line. A tag X.Y next to a tag X.Y.0 counts as a moving tag, not as a version.
// Error (usage): several lines are possible, no tag has the requested name, or tags look like versions of another kind.
// Other errors as of Checkout::require(needed).
Result<VersionTags> version_tags(const Component& component, Checkout& checkout, Tags needed);
Result<VersionTags> version_tags(const Component& component, const std::vector<std::string>& names);
Result<std::vector<std::string>> all_tags(Checkout& checkout, Tags needed); // the tags' names, in no order

// Returns how the line continues after `base` (or its highest tag): v1.3.0, 1.3.0, or v1.3 if X.Y.0 is written so.
struct Spelling {
    std::string prefix;
    bool short_zero = false;                       // X.Y.0 is written X.Y
    bool patches = true;                           // the line has versions X.Y.Z; false: a fix is X.Y, too
    std::string text(const Semver& version) const; // without the prefix
};
Spelling spelling_of(const VersionTags& tags, const VersionTag* base);

}
