#pragma once
#include "report/report.h"
#include <optional>
#include <string>
#include <vector>

// A release's migrations that have not run yet, for reports.
namespace fairlead::deploy {

struct ReleaseInfo; // deploy/release/release.h
struct World;       // deploy/world.h

struct Pending {
    std::vector<std::string> expand, contract; // versions
    std::string unknown;                       // why the list can't be found out; empty: the list is complete
};

// Returns the migrations that a deployment would run. Reads the files of the new release, but runs in the folder of the
// serving release, because the database's path may be relative to that folder. `serving`: that folder; empty: nothing
// serves, or the serving release has no folder.
Pending pending_before(const World& world, const ReleaseInfo& release, const std::string& serving);
// Returns the leftover migrations of the serving release. `folder`: its files; empty: the folder of fairlead.yml.
Pending pending_after(const World& world, const ReleaseInfo& release, const std::string& folder);

report::Member member_of(const Pending& pending);

}
