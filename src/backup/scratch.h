#pragma once
#include "sys/files/held.h"
#include "sys/files/scratch.h"
#include <string>
#include <string_view>
#include <vector>

// What restores and dumps lay down for a moment, in TMPDIR or beside what is restored: the data, in the clear.
namespace fairlead::backup {

constexpr std::string_view scratch_of_server = "fairlead-scratch", scratch_of_dump = "fairlead-dump",
                           scratch_of_redis = "fairlead-redis", scratch_of_files = "fairlead-backup";

void sweep_scratch();   // what killed ones left is gone, and told
void tell_of_scratch(); // it is there, and what takes it away

// A folder beside `target`, so that a rename puts there what is restored. Both it and the folder that it is in are
// held: whoever may rename them changes nothing of where made() and target() are.
struct Beside {
    sys::HeldFolder parent;
    sys::ScratchFolder scratch;
    std::string name;
    sys::Path made() const { return scratch.held() / "made"; }
    sys::Path target() const { return parent.path() / name; }
    std::string named(const std::string& text) const; // with the names that people know
};
Result<Beside> scratch_beside(const sys::Path& target);        // what killed ones left is gone
std::vector<std::string> left_beside(const sys::Path& target); // by killed ones

}
