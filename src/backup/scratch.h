#pragma once
#include "sys/files/scratch.h"
#include <string>
#include <string_view>
#include <vector>

// What restores and dumps lay down for a moment, in TMPDIR or beside what is restored: the data, in the clear.
namespace fairlead::backup {

constexpr std::string_view scratch_of_server = "fairlead-scratch", scratch_of_dump = "fairlead-dump",
                           scratch_of_redis = "fairlead-redis", scratch_of_files = "fairlead-backup",
                           scratch_of_base = "fairlead-base";

void sweep_scratch();   // what killed ones left is gone, and told
void tell_of_scratch(); // it is there, and what takes it away

// A folder beside `target`, so that a rename puts there what is restored; what killed ones left is gone.
Result<sys::ScratchFolder> scratch_beside(const sys::Path& target);
std::vector<std::string> left_beside(const sys::Path& target); // by killed ones

}
