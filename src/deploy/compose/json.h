#pragma once
#include "sys/data/json_fwd.h"
#include <string_view>

// What the engine and compose write as JSON, where a member may be left out or null.
namespace fairlead::deploy {

const sys::Json& member(const sys::Json& value, std::string_view key); // null: absent, or `value` is no object
bool is_set(const sys::Json& value, std::string_view key);             // true, and nothing else

}
