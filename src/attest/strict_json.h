#pragma once
#include "base/result.h"
#include "sys/data/json_fwd.h"
#include <string>
#include <string_view>

namespace fairlead::attest {

// An object in UTF-8, in which no name stands twice: two readers can't take it for two things. Error: no.
Result<sys::Json> parse_strict(std::string_view text, const std::string& name);

}
