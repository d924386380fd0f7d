#pragma once
#include "base/result.h"
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

// Renders expressions: the part of Handlebars' language (handlebarsjs.com, version 4) that workflows use.
// Knows `{{branch}}`, `{{{raw}}}` and `{{&raw}}` without HTML escapes, `{{date 'YYYY' tz='UTC'}}`, `{{#if tag}}`,
// `{{#unless tag}}`, `{{else}}`, `{{else if branch}}`, comments, `~`, `\{{`. Other syntax is a parse error.
namespace fairlead::tag {

struct Argument {
    std::string name; // tz, of tz='UTC'; empty: no name
    std::string text;
    bool quoted = false;
};

struct Value {
    std::string text;
    bool holds = !text.empty(); // whether `if` counts it as true
};

struct Name {
    std::function<Result<Value>(const std::vector<Argument>&)> value;
    bool takes_arguments = false;
    bool is_flag = false; // the value is the text `true` or `false`; both count as true for `if`
};
using Names = std::map<std::string, Name, std::less<>>;

struct TemplateNode {
    enum class Kind { text, value, condition } kind = Kind::text;
    std::string text; // or name of the value or condition
    std::vector<Argument> arguments;
    bool escape = true;
    bool unless = false;
    std::vector<TemplateNode> body = {}, otherwise = {};
};
using TemplateNodes = std::vector<TemplateNode>;

class Template {
  public:
    static Result<Template> parse(std::string_view text); // usage error with line and column
    // An unknown name renders as an empty text. `escaped` becomes true if a value was changed for HTML. Error (usage):
    // an unknown name with arguments (`Missing helper: "x"`), or an error of a name's function.
    Result<std::string> render(const Names& names, bool& escaped) const;
    const TemplateNodes& nodes() const { return nodes_; }
    bool is_only(std::string_view name) const;  // it consists of exactly this expression
    bool mentions(std::string_view name) const; // whether the name occurs anywhere

  private:
    TemplateNodes nodes_;
    bool single_ = false; // it is a single tag or text
};

// Calls `each` for every value and condition, at any depth, in the order in which they are written.
void each_name(const TemplateNodes& nodes, const std::function<void(const TemplateNode&)>& each);

}
