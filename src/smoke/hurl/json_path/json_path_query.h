#pragma once
#include "smoke/hurl/json_path/json_path.h"
#include "sys/pattern/pattern.h"
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

// A JSONPath after parsing: what the parser hands to the evaluation. The names are those of RFC 9535.
namespace fairlead::smoke::hurl {

struct PathOperand;

// A logical expression.
struct PathCondition {
    enum class Is {
        any,        // a || b
        all,        // a && b
        opposite,   // !a
        comparison, // a == b
        test,       // a query, which holds if it finds a node; or match() or search()
    };
    enum class Sign { equal, not_equal, less, less_or_equal, greater, greater_or_equal };
    Is is = Is::test;
    Sign sign = Sign::equal;           // of a comparison
    std::vector<PathCondition> parts;  // any, all: two or more; opposite: one
    std::vector<PathOperand> operands; // comparison: two; test: one
};

struct PathSelector {
    enum class Is { name, every, index, slice, filter };
    Is is = Is::every;
    std::string name;
    std::optional<std::int64_t> start, end; // start: also the index
    std::int64_t step = 1;
    std::unique_ptr<PathCondition> condition; // of a filter
};

struct PathSegment {
    bool descends = false; // `..`
    std::vector<PathSelector> selectors;
};

struct JsonPath::Query {
    bool from_root = true;   // `$`, else `@`
    bool is_singular = true; // finds one node at most, by names and indexes alone
    std::vector<PathSegment> segments;
};

enum class PathType { value, nodes, condition }; // ValueType, NodesType and LogicalType of RFC 9535, 2.4.1

struct PathFunction {
    enum class Is { length, count, match, search, value };
    std::string_view name;
    Is is;
    std::size_t parameters;
    PathType parameter; // of each
    PathType result;
};

struct PathCall {
    const PathFunction* function = nullptr;
    std::vector<PathOperand> arguments;
    bool has_constant_pattern = false;   // a literal, so it is compiled once:
    std::optional<sys::Pattern> pattern; // nothing: it is malformed, and matches nothing
};

using PathQuery = std::unique_ptr<JsonPath::Query>;
using PathCallPointer = std::unique_ptr<PathCall>;

struct PathOperand {
    std::variant<Value, PathQuery, PathCallPointer> is;
};

// An I-Regexp (RFC 9485), or whatever compile_expression() takes. Nothing: it is malformed.
std::optional<sys::Pattern> compile_path_pattern(std::string_view expression, PathFunction::Is function);

}
