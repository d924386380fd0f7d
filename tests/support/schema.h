#pragma once
#include <optional>
#include <string>

namespace fairlead::test {

// What is wrong with `bytes` by a JSON schema, empty when nothing is; `extension` says what they are ("json", "yml").
// Nothing when validate.py's packages are not installed.
std::optional<std::string> schema_problems(const std::string& bytes, const std::string& extension,
                                           const std::string& schema);

}
