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

// A parsed JSONPath, which the parser passes to the evaluation. The names are those of RFC 9535.
namespace fairlead::smoke::hurl {

struct PathOperand;

// A logical expression.
struct PathCondition {
    enum class Is {
        any,        // a || b
        all,        // a && b
        opposite,   // !a
        comparison, // a == b
        test,       // a query, which is true if it finds a node; or match() or search()
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
    std::optional<std::int64_t> start, end; // for an index: start
    std::int64_t step = 1;
    std::unique_ptr<PathCondition> condition; // of a filter
};

struct PathSegment {
    bool descends = false; // `..`
    std::vector<PathSelector> selectors;
};

struct JsonPath::Query {
    bool from_root = true;   // `$`, else `@`
    bool is_singular = true; // has only names and indexes, so it finds at most one node
    std::vector<PathSegment> segments;
};

enum class PathType { value, nodes, condition }; // ValueType, NodesType and LogicalType of RFC 9535, 2.4.1

struct PathFunction {
    enum class Is { length, count, match, search, value };
    std::string_view name;
    Is is;
    std::size_t parameters;
    PathType parameter; // type of each parameter
    PathType result;
};

struct PathCall {
    const PathFunction* function = nullptr;
    std::vector<PathOperand> arguments;
    bool has_constant_pattern = false;   // the pattern is a literal, and is compiled only once, into `pattern`
    std::optional<sys::Pattern> pattern; // nothing: it is malformed and matches nothing
};

using PathQuery = std::unique_ptr<JsonPath::Query>;
using PathCallPointer = std::unique_ptr<PathCall>;

struct PathOperand {
    std::variant<Value, PathQuery, PathCallPointer> is;
};

// Compiles an I-Regexp (RFC 9485), or any expression for compile_expression(). Nothing: it is malformed.
std::optional<sys::Pattern> compile_path_pattern(std::string_view expression, PathFunction::Is function);

}
