#pragma once
#include "base/field.h"
#include "base/result.h"
#include <limits>
#include <span>
#include <string>
#include <string_view>

namespace fairlead::config {

constexpr int no_limit = std::numeric_limits<int>::max();

// The text form of a type, used by the parser and by the schema.
struct Form {
    Type type;
    std::string_view pattern; // regular expression of ECMA-262 for the whole text
    Result<void> (*check)(std::string_view text);
    std::string_view unquoted = {}; // JSON type if the value is written without quotes; empty: it must be a text
    int least = 0, most = -1;       // limits of the unquoted value; if most is below least, there are none
};
const Form* find_form(Type type); // nullptr: any text, or not a text

// Checks that `text` is of `type` and is one of `allowed` (empty: any value). All sources get the same message: `format
// 'pdf' is unknown; expected text, github or sarif`. Maps, `any` and secrets always pass.
Result<void> check_text(std::string_view name, Type type, std::span<const std::string> allowed, std::string_view text);

// Returns whether a field is a map that only groups inputs by dots in their keys (`coverage: {total: {lines: 80}}`). If
// such a map contains no input, it requests nothing, so it must not pass.
bool groups_inputs(const Field& field);

Result<double> parse_share(std::string_view text); // "5%" gives 0.05; 0% to 100%

}
