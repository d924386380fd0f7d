#pragma once
#include "report/report.h"
#include <string>
#include <vector>

// A finding that stands in several places: a secret in five files is one secret.
namespace fairlead::report {

// Joins findings with `recurs` that have the same fingerprint, state and waiver: the most severe one stays, among
// equals the first of those in the tree. Its `places` are those of all of them, its own first. Others stay as they are.
void join_places(std::vector<Finding>& findings);

// "; also in b.env:3, old.env:1 in commit 0123456789ab and 4 more places", with `most` places by name; empty: there is
// no other place.
std::string told_others(const Finding& finding, std::size_t most);

}
