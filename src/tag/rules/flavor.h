#pragma once
#include "base/result.h"
#include "tag/rules/notes.h"
#include <string>
#include <vector>

// The `flavor` input: settings for all rules.
namespace fairlead::tag {

enum class Latest {
    automatic, // the first rule that gives a value decides
    yes,
    no,
    highest,        // moving tags only if the version is the highest of its line in the repository
    default_branch, // only for builds of the default branch
};
std::string_view name_of(Latest latest);

struct Flavor {
    Latest latest = Latest::automatic;
    std::string prefix, suffix;
    bool prefix_on_latest = false, suffix_on_latest = false;
    Origin prefix_from{"flavor", 0, {}}, suffix_from{"flavor", 0, {}}; // entries that set them
    bool prerelease = false; // latest=highest: pre-releases count and may be the highest
};

Result<Flavor> parse_flavor(const std::vector<Origin>& entries, Notes& notes);

}
