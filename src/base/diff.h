#pragma once
#include <cstddef>
#include <string>
#include <string_view>

namespace fairlead {

// Returns the change from `before` to `after` as diff(1) -u shows it, with `around` lines of context; empty: they are
// equal. `then` describes the new content in the second line of the head.
std::string unified_diff(std::string_view before, std::string_view after, std::string_view name,
                         std::string_view then = "as init would write it", std::size_t around = 3);

}
