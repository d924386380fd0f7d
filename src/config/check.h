#pragma once
#include "base/field.h"
#include "base/result.h"
#include <limits>
#include <span>
#include <string>
#include <string_view>

namespace fairlead::config {

constexpr int no_limit = std::numeric_limits<int>::max();

// How a type is written as text: one row for what the parser takes and what the schema says.
struct Form {
    Type type;
    std::string_view pattern; // the whole text, a regular expression of ECMA-262
    Result<void> (*check)(std::string_view text);
    std::string_view unquoted = {}; // JSON type of the value without quotes; empty: only text will do
    int least = 0, most = -1;       // of that value; most below least: no limits
};
const Form* find_form(Type type); // nullptr: any text, or no text at all

// Whether `text` can be read as `type` and is one of `allowed` (empty: anything). One judgement and one message for
// every source: `format 'pdf' is unknown; expected text, github or sarif`. Maps, `any` and secrets always pass.
Result<void> check_text(std::string_view name, Type type, std::span<const std::string> allowed, std::string_view text);

// A map made of the dots in inputs' keys (`coverage: {total: {lines: 80}}`): empty it would ask for nothing, and pass.
bool groups_inputs(const Field& field);

Result<double> parse_share(std::string_view text); // "5%" is 0.05; 0% to 100%

}
