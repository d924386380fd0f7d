#pragma once
#include "base/result.h"
#include "smoke/hurl/json_path/json_path.h"
#include "smoke/hurl/values/value.h"
#include <functional>
#include <optional>
#include <span>
#include <string_view>

// The filters of a Hurl file, one row each: `jsonpath "$.list" count`.
namespace fairlead::smoke::hurl {

enum class Operand {
    text,    // "quoted"
    integer, // 3, -1 or {{n}}
    pattern, // "quoted" or /an expression/
};

// The surroundings of a filter.
struct FilterWorld {
    std::chrono::sys_time<std::chrono::microseconds> now;
    Coercion coercion = Coercion::on;
    std::function<bool()> is_over = {}; // whether the time for judging is over; may be empty
};

// Nothing: the filter has no result, such as a regex without a match. Error (no): the input has a wrong type, or can't
// be converted; the message is only the reason. Error (usage): an operand is wrong, such as a malformed pattern.
using Filtered = Result<std::optional<Value>>;

struct Filter {
    std::string_view name;             // "urlQueryParam"
    std::span<const Operand> operands; // the words after the name
    Filtered (*apply)(const Value& input, std::span<const Value> operands, const FilterWorld& world);
};

std::span<const Filter> filters();
const Filter* find_filter(std::string_view name); // null: no such filter

}
