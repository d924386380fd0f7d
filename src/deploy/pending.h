#pragma once
#include "report/report.h"
#include <optional>
#include <string>
#include <vector>

// Migrations that a release has still to run, for people to look at.
namespace fairlead::deploy {

struct ReleaseInfo; // deploy/release/release.h
struct World;       // deploy/world.h

struct Pending {
    std::vector<std::string> expand, contract; // versions
    std::string unknown;                       // why nobody can tell; empty: these are all
};

// What a deployment would run: by the files that it would be made of, from the folder of what serves, as a database may
// be named from there; empty: nothing serves, or it has none.
Pending pending_before(const World& world, const ReleaseInfo& release, const std::string& serving);
// What is left of what serves. `folder`: its files; empty: that of fairlead.yml.
Pending pending_after(const World& world, const ReleaseInfo& release, const std::string& folder);

report::Member member_of(const Pending& pending);

}
