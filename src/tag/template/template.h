#pragma once
#include "base/result.h"
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

// Expressions in Handlebars' language (handlebarsjs.com, version 4): `{{branch}}`, `{{{raw}}}`, `{{date 'YYYY'
// tz='UTC'}}`, blocks if, unless, with, each and `{{#name}}`, else, comments, `~`, `\{{`. No partials, no decorators.
namespace fairlead::tag {

struct Value;
struct Arguments {
    std::vector<Value> positional;
    std::vector<std::pair<std::string, Value>> named;
};
// Called with null when the name stands alone.
using Function = std::shared_ptr<const std::function<Result<Value>(const Arguments*)>>;
using List = std::vector<std::string>;
struct Value : std::variant<std::monostate, bool, double, std::string, List, Function> { // monostate: undefined
    using variant::variant;
};
// By name; that of the empty name is what `{{this}}` writes.
using Names = std::map<std::string, Value, std::less<>>;

Value function(std::function<Result<Value>(const Arguments*)> call);

// A parsed expression of a template: a path or a literal, with arguments.
struct NamedExpression;
struct Expression {
    enum class Kind { path, text, number, boolean, nothing, call } kind = Kind::path;
    std::string source;             // as written, for messages
    std::vector<std::string> parts; // path
    int depth = 0;                  // how many `../`
    bool data = false;              // @index
    bool scoped = false;            // begins with `.` or this: never a helper
    bool literal = false;           // a path that was written as a literal
    std::string text;               // literal
    double number = 0;
    std::vector<Expression> arguments; // kind call: [0] is the head
    std::vector<NamedExpression> named;
};
struct NamedExpression {
    std::string name;
    Expression value;
};

struct TemplateNode {
    enum class Kind { text, value, partial, block } kind = Kind::text;
    std::string text;
    Expression expression; // always of kind call
    bool escape = true;
    bool inverted = false; // {{^name}}
    std::vector<TemplateNode> body, otherwise;
};

// What a rendering came across.
struct Rendering {
    std::vector<std::string> unknown; // names that nobody knows; they stand for nothing
    bool escaped = false;             // a value was changed by the escaping for HTML
};

class Template {
  public:
    static Result<Template> parse(std::string_view text); // usage error with line and column
    // Usage error: an unknown name with arguments (`Missing helper: "x"`), or what a function refuses.
    Result<std::string> render(const Names& names, Rendering& rendering) const;
    bool is_only(std::string_view name) const;  // exactly one expression, of that name
    bool mentions(std::string_view name) const; // anywhere

  private:
    std::vector<TemplateNode> nodes_;
    bool single_ = false; // it is one tag or text
};

Result<std::string> render(std::string_view text, const Names& names, Rendering& rendering);

}
