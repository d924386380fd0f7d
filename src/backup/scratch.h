#pragma once
#include <string_view>

// What restores and dumps lay down in TMPDIR for a moment: the data, in the clear.
namespace fairlead::backup {

constexpr std::string_view scratch_of_server = "fairlead-scratch", scratch_of_dump = "fairlead-dump",
                           scratch_of_redis = "fairlead-redis", scratch_of_files = "fairlead-backup",
                           scratch_of_base = "fairlead-base";

void sweep_scratch();   // what killed ones left is gone, and told
void tell_of_scratch(); // it is there, and what takes it away

}
