#pragma once
#include "report/report.h"
#include <string>
#include <vector>

// Joins findings of the same thing in several places: a secret in five files is one secret.
namespace fairlead::report {

// Joins findings with `recurs` that have the same fingerprint, state and waiver: keeps the most severe of them (among
// equals the first one in the tree), whose `places` become all their places, its own first. Other findings are
// unchanged.
void join_places(std::vector<Finding>& findings);

// "; also in b.env:3, old.env:1 in commit 0123456789ab and 4 more places", with `most` places by name; empty: there is
// no other place.
std::string told_others(const Finding& finding, std::size_t most);

}
