#pragma once
#include "tag/version/next_version.h"
#include <string>
#include <utility>
#include <vector>

// The next version of every component of a repository.
namespace fairlead::tag {

// The numbers of the components, those first on which others depend. Error (usage): they depend on each other, by name.
Result<std::vector<std::size_t>> in_order(const std::vector<Component>& components);

using NamedVersion = std::pair<std::string, NextVersion>;

// In that order, by one look at the tags and one walk over the commits. A change in what a component depends on, since
// its own last version, gives at least a patch where it would give a release there. Errors as of next_version(), with
// the component's name.
Result<std::vector<NamedVersion>> next_versions(const NextWanted& wanted, const std::vector<Component>& components,
                                                Checkout& checkout);

}
