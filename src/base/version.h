#pragma once
#include <string_view>

namespace fairlead {

std::string_view version(); // "0.1.0", from CMakeLists.txt
std::string_view commit();  // 40 hex digits of the built commit, or "unknown"
std::string_view day();     // date of that commit, else of the build: "2026-03-31"

}
