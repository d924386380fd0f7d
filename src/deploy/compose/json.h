#pragma once
#include "sys/data/json_fwd.h"
#include <string_view>

// Access to the JSON of the engine and of compose, in which members may be missing or null.
namespace fairlead::deploy {

const sys::Json& member(const sys::Json& value, std::string_view key); // null: absent, or `value` is not an object
bool is_set(const sys::Json& value, std::string_view key);             // whether it is `true` exactly

}
