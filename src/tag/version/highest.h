#pragma once
#include "base/result.h"
#include "tag/source/facts.h"
#include "tag/version/pep440.h"
#include "tag/version/semver.h"
#include <functional>
#include <optional>
#include <string>

// "Is this the highest version?" over the repository's tags: one pass, maxima only, nothing sorted.
namespace fairlead::tag {

// The tag above a version in each line, as it is written; nothing: the version is the highest there.
struct Above {
    std::optional<std::string> all, major, minor; // all versions; those of the same major; of the same major.minor
};

enum class Prereleases { ignored, counted };
// From a tag to the text that must be a version; nothing: the tag belongs to something else.
using Cut = std::function<std::optional<std::string>(std::string_view tag)>;

Result<Above> tags_above(const Semver& version, const Facts& facts, const Cut& cut, Prereleases prereleases);
Result<Above> tags_above(const Pep440& version, const Facts& facts, const Cut& cut, Prereleases prereleases);

}
