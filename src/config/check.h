#pragma once
#include "base/field.h"
#include "base/result.h"
#include <span>
#include <string>
#include <string_view>

namespace fairlead::config {

// Whether `text` can be read as `type` and is one of `allowed` (empty: anything). One judgement and one message for
// every source: `format 'pdf' is unknown; expected text, github or sarif`. Maps, `any` and secrets always pass.
Result<void> check_text(std::string_view name, Type type, std::span<const std::string> allowed, std::string_view text);

Result<double> parse_share(std::string_view text); // "5%" is 0.05; 0% to 100%

}
