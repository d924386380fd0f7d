#pragma once
#include "base/result.h"
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

// Expressions: what workflows write of Handlebars' language (handlebarsjs.com, version 4), as it is rendered there.
// `{{branch}}`, `{{{raw}}}` and `{{&raw}}` without escapes of HTML, `{{date 'YYYY' tz='UTC'}}`, `{{#if tag}}`,
// `{{#unless tag}}`, `{{else}}`, `{{else if branch}}`, comments, `~`, `\{{`. All else is refused when it is read.
namespace fairlead::tag {

struct Argument {
    std::string name; // tz, of tz='UTC'; empty: it has none
    std::string text;
    bool quoted = false;
};

struct Value {
    std::string text;
    bool holds = !text.empty(); // what `if` takes it for
};

struct Name {
    std::function<Result<Value>(const std::vector<Argument>&)> value;
    bool takes_arguments = false;
    bool is_flag = false; // `true` or `false` as texts, both of which hold
};
using Names = std::map<std::string, Name, std::less<>>;

struct TemplateNode {
    enum class Kind { text, value, condition } kind = Kind::text;
    std::string text; // or the name of the value or condition
    std::vector<Argument> arguments;
    bool escape = true;
    bool unless = false;
    std::vector<TemplateNode> body = {}, otherwise = {};
};
using TemplateNodes = std::vector<TemplateNode>;

class Template {
  public:
    static Result<Template> parse(std::string_view text); // usage error with line and column
    // An unknown name is empty, `escaped` set when a value was changed for HTML. Usage error: an unknown name with
    // arguments (`Missing helper: "x"`), or what a name's function refuses.
    Result<std::string> render(const Names& names, bool& escaped) const;
    const TemplateNodes& nodes() const { return nodes_; }
    bool is_only(std::string_view name) const;  // exactly one expression, of that name
    bool mentions(std::string_view name) const; // anywhere

  private:
    TemplateNodes nodes_;
    bool single_ = false; // it is one tag or text
};

// Of every value and condition, at any depth, in the order in which they are written.
void each_name(const TemplateNodes& nodes, const std::function<void(const TemplateNode&)>& each);

}
