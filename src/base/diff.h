#pragma once
#include <string>
#include <string_view>

namespace fairlead {

// `then`: what the second line of the head says of it.
// What would become of `before`, as diff(1) -u shows it with three lines around; empty: they are alike.
std::string unified_diff(std::string_view before, std::string_view after, std::string_view name,
                         std::string_view then = "as init would write it");

}
