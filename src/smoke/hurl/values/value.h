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

// The values of a Hurl file: those of JSON, and further results of queries and filters.
namespace fairlead::smoke::hurl {

struct Value;
struct Member; // of an object
using List = std::vector<Value>;
using Object = std::vector<Member>; // in the order of the text; names are unique

struct Null {};
struct BigNumber {
    std::string digits; // a number as written that neither std::int64_t nor double can represent exactly
};
struct Bytes {
    std::string bytes;
};
struct NodeSet {
    std::size_t size = 0; // the result of an XPath expression, of which only the size is kept
};
struct Unit {}; // an attribute without a value, such as Secure of a cookie
struct Date {
    std::chrono::sys_time<std::chrono::microseconds> time;
};
struct Step {
    std::string location; // one redirect
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

// Reads JSON (RFC 8259). Integers beyond 64 bits and floats beyond double become BigNumber. If a name is repeated, its
// last value is kept at its first position. Error (no): the text is not JSON, or is deeper than 1,000; its place has a
// line and a column of the text, but no file.
Result<Value> read_json(std::string_view text);

bool is_any_number(const Value& value); // an integer, a double or a BigNumber

// The equality of `==`: compares numbers by value (3 equals 3.0), and ignores the order of members. Values of different
// types are not equal.
bool equal(const Value& left, const Value& right);

// Compares numbers exactly by value, strings by code point, dates by time. Unordered: other types, different types, or
// NaN.
std::partial_ordering order(const Value& left, const Value& right);

// Returns the text of a value for a template: 2.0 keeps its .0, null is `null`, a date has the form of RFC 3339.
// Nothing: lists, objects, bytes and other types can't be written into a text.
std::optional<std::string> rendered(const Value& value);

// Returns a string unchanged, any other value as JSON.
std::string text_of(const Value& value);

// "integer <3>", "string <ok>", "list <[1,2]>": a value for a message, on one line, without secrets, cut after 200
// characters.
std::string describe(const Value& value);
std::string_view type_name(const Value& value); // "integer", "string", "list", "object", "bytes", "date" ...

}
