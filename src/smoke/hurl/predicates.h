#pragma once
#include "base/result.h"
#include "smoke/hurl/values/value.h"
#include <optional>
#include <span>
#include <string>
#include <string_view>

// The predicates of an assert, one row each: `status >= 200`.
namespace fairlead::smoke::hurl {

enum class Compared {
    nothing,  // exists, isEmpty: no operand
    anything, // == !=
    ordered,  // a number, a string or {{x}}
    text,     // a string, or bytes (base64,…; hex,…; file,…;)
    pattern,  // a string or /an expression/
};

enum class Judgement {
    yes,
    no,
    mismatch, // the types don't fit: the assert fails, with or without `not`
};

struct Predicate {
    std::string_view name; // "startsWith"
    Compared compared = Compared::nothing;
    // `operand` is Null for predicates without one. Error (usage): the operand is wrong, such as a malformed pattern.
    Result<Judgement> (*judge)(const Value& actual, const Value& operand);
};

std::span<const Predicate> predicates();
const Predicate* find_predicate(std::string_view name); // null: no such predicate

}
