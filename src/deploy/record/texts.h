#pragma once
#include "sys/data/json_fwd.h"
#include <string>
#include <string_view>
#include <vector>

namespace fairlead::deploy {

// Returns the strings in the list of a key, without what else is in it; empty if it is no list.
std::vector<std::string> texts_of(const sys::Json& object, std::string_view key);

}
