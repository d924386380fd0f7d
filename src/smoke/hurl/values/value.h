#pragma once
#include "base/result.h"
#include <chrono>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

// The values of a Hurl file: everything that JSON has, and what else queries and filters give.
namespace fairlead::smoke::hurl {

struct Value;
struct Member; // of an object
using List = std::vector<Value>;
using Object = std::vector<Member>; // in the order of the text; names are unique

struct Null {};
struct BigNumber {
    std::string digits; // a number as it was written, which neither std::int64_t nor double holds exactly
};
struct Bytes {
    std::string bytes;
};
struct NodeSet {
    std::size_t size = 0; // of an XPath expression; only its size is kept
};
struct Unit {}; // an attribute without a value, such as Secure of a cookie
struct Date {
    std::chrono::sys_time<std::chrono::microseconds> time;
};
struct Step {
    std::string location; // of one redirect
};

struct Value {
    std::variant<Null, bool, std::int64_t, double, BigNumber, std::string, Bytes, List, Object, Date, NodeSet, Unit,
                 Step>
        is;

    template <typename T>
    const T* as() const {
        return std::get_if<T>(&is);
    }
};

struct Member {
    std::string name;
    Value value;
};

// Reads JSON (RFC 8259). Integers beyond 64 bits and floats beyond double become BigNumber. Of members with one name,
// the last counts, at the place of the first. Error (no): the text is not JSON, or is deeper than 1,000; its place has
// a line and a column of the text, but no file.
Result<Value> read_json(std::string_view text);

bool is_any_number(const Value& value); // an integer, a double or a BigNumber

// Equality of `==`: numbers by value (3 equals 3.0), objects without regard to the order of members; values of
// different types are not equal.
bool equal(const Value& left, const Value& right);

// Numbers by value and exactly, strings by code point, dates by time. Unordered: two other types, two types that don't
// fit, or not a number (NaN).
std::partial_ordering order(const Value& left, const Value& right);

// The text of a value inside of a template: 2.0 keeps its .0, null is `null`, a date is as in RFC 3339. Nothing for
// lists, objects, bytes and the other types, which can't be written into a text.
std::optional<std::string> rendered(const Value& value);

// A text as it is, any other value as JSON.
std::string text_of(const Value& value);

// "integer <3>", "string <ok>", "list <[1,2]>": a value in a message, in one line, without secrets, and shortened after
// 200 characters.
std::string describe(const Value& value);
std::string_view type_name(const Value& value); // "integer", "string", "list", "object", "bytes", "date" ...

}
