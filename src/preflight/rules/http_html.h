#pragma once
#include <string>
#include <string_view>

namespace fairlead::preflight {

// Returns the first tag that loads something over http:// (Mixed Content, 3): "script"; empty: there is no such tag.
// Skips comments and the content of scripts. Runs in linear time.
std::string tag_over_http(std::string_view html);

}
