#pragma once
#include <cstddef>
#include <string>
#include <string_view>

namespace fairlead {

// What would become of `before`, as diff(1) -u shows it with so many lines around; empty: they are alike.
// `then`: what the second line of the head says of it.
std::string unified_diff(std::string_view before, std::string_view after, std::string_view name,
                         std::string_view then = "as init would write it", std::size_t around = 3);

}
