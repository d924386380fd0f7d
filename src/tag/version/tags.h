#pragma once
#include "base/result.h"
#include "tag/source/checkout.h"
#include "tag/version/semver.h"
#include <string>
#include <vector>

namespace fairlead::tag {

struct VersionTag {
    std::string name; // v1.2.3
    Semver version;
};

struct VersionTags {
    std::vector<VersionTag> tags; // with the prefix, highest first
    std::string bare;             // a tag that is a version without any prefix, where the prefix is another
};

// The tags that are the prefix and a semantic version. Errors as of Checkout::each_tag.
Result<VersionTags> version_tags(const std::string& prefix, Checkout& checkout);

}
