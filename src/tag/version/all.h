#pragma once
#include "tag/version/next_version.h"
#include <string>
#include <utility>
#include <vector>

// Finds the next version of every component of a repository.
namespace fairlead::tag {

// Returns the components' indexes, dependencies first. Error (usage), with their names: they depend on each other.
Result<std::vector<std::size_t>> in_order(const std::vector<Component>& components);

using NamedVersion = std::pair<std::string, NextVersion>;

// Returns the versions in the order of in_order(), with one reading of tags and one walk over the commits. If a
// dependency changed since a component's last version, and the change is worth a release, the component gets at least a
// patch. Errors: as next_version(), with the component's name.
Result<std::vector<NamedVersion>> next_versions(const NextWanted& wanted, const std::vector<Component>& components,
                                                Checkout& checkout);

}
