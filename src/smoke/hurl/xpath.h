#pragma once
#include "base/result.h"
#include "smoke/hurl/values/value.h"
#include <optional>
#include <string_view>

// XPath 1.0 for the query `xpath` and the filter `xpath` (which always reads HTML).
namespace fairlead::smoke::hurl {

// `text` is UTF-8. A number becomes a double, nodes become a NodeSet. There is always a value. Error (usage): "invalid
// XPath expression ...". Error (no): the document is empty, malformed XML or over a limit. Error (could_not): the
// machine has no libxml2. The details are in sys/data/xpath.h.
Result<std::optional<Value>> xpath_value(std::string_view text, bool is_html, std::string_view expression);

}
