#pragma once
#include "sys/files/owned/held.h"
#include "sys/files/owned/scratch.h"
#include <string>
#include <string_view>
#include <vector>

// Temporary unencrypted data that restores and dumps write into TMPDIR or next to the restored files.
namespace fairlead::backup {

constexpr std::string_view scratch_of_server = "fairlead-scratch", scratch_of_dump = "fairlead-dump",
                           scratch_of_redis = "fairlead-redis", scratch_of_files = "fairlead-backup";

void sweep_scratch();   // removes the leftovers of killed runs, with a warning
void tell_of_scratch(); // warns that there are such leftovers, and says which run removes them

// A folder next to `target`, so that a rename moves the restored data to `target`. This folder and its parent are held
// open, so that renaming them doesn't change the place of made() and target().
struct Beside {
    sys::HeldFolder parent;
    sys::ScratchFolder scratch;
    std::string name;
    sys::Path made() const { return scratch.held() / "made"; }
    sys::Path target() const { return parent.path() / name; }
    std::string named(const std::string& text) const; // replaces the paths of open folders by their real paths
};
Result<Beside> scratch_beside(const sys::Path& target);        // first removes the leftovers of killed runs
std::vector<std::string> left_beside(const sys::Path& target); // leftovers of killed runs

}
