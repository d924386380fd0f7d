#pragma once
#include <string_view>

namespace fairlead {

bool is_day(std::string_view text); // "2026-03-31", an existing day

}
