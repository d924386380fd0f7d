#pragma once
#include "base/result.h"
#include "sys/data/json_fwd.h"
#include <string>
#include <string_view>

namespace fairlead::attest {

// Parses a UTF-8 object without repeated names, so that two parsers can't read different values. Error: no.
Result<sys::Json> parse_strict(std::string_view text, const std::string& name);

}
