#pragma once
#include <string_view>

namespace fairlead {

// The foreign action in each workflow that we write or show: by its commit, which nobody can move.
inline constexpr std::string_view checkout_action =
    "actions/checkout@08c6903cd8c0fde910a37f88322edcfb5dd907a8 # v5.0.0";

}
