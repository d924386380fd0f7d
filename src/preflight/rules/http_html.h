#pragma once
#include <string>
#include <string_view>

namespace fairlead::preflight {

// The first tag that loads something over http:// (Mixed Content, 3): "script"; empty: none does. Comments and the
// insides of scripts are passed over. Takes time with the text's length only.
std::string tag_over_http(std::string_view html);

}
