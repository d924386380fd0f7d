#include "base/text.h"
#include "tag/script/ecma.h"
#include "tag/template/template.h"
#include <algorithm>
#include <array>
#include <fmt/format.h>

namespace fairlead::tag {

namespace {

constexpr std::array<std::string_view, 6> helpers = {"if", "unless", "with", "each", "lookup", "log"};

bool is_helper(std::string_view name) { return std::find(helpers.begin(), helpers.end(), name) != helpers.end(); }
bool is_undefined(const Value& value) { return std::holds_alternative<std::monostate>(value); }

std::string escape_html(std::string_view text) {
    static constexpr std::array<std::pair<char, std::string_view>, 7> entities = {{{'&', "&amp;"},
                                                                                   {'<', "&lt;"},
                                                                                   {'>', "&gt;"},
                                                                                   {'"', "&quot;"},
                                                                                   {'\'', "&#x27;"},
                                                                                   {'`', "&#x60;"},
                                                                                   {'=', "&#x3D;"}}};
    std::string out;
    for (const char c : text) {
        const auto entity =
            std::find_if(entities.begin(), entities.end(), [&](const auto& row) { return row.first == c; });
        if (entity == entities.end())
            out += c;
        else
            out += entity->second;
    }
    return out;
}

std::string to_text(const Value& value) {
    if (const auto* text = std::get_if<std::string>(&value)) return *text;
    if (const auto* number = std::get_if<double>(&value)) return number_text(*number);
    if (const auto* flag = std::get_if<bool>(&value)) return *flag ? "true" : "false";
    if (const auto* list = std::get_if<List>(&value)) return join(*list, ",");
    return {};
}

bool is_false(const Value& value) {
    if (const auto* text = std::get_if<std::string>(&value)) return text->empty();
    if (const auto* number = std::get_if<double>(&value)) return *number == 0;
    if (const auto* flag = std::get_if<bool>(&value)) return !*flag;
    if (const auto* list = std::get_if<List>(&value)) return list->empty();
    return is_undefined(value);
}

// One level of `../`: the value that names are looked up in; the lowest is the names of the whole.
struct Level {
    Value self;
    bool root = false;
};

class Renderer {
  public:
    Renderer(const Names& names, Rendering& rendering) : names_(names), rendering_(rendering) {
        levels_.push_back({{}, true});
    }

    Result<void> nodes(const std::vector<TemplateNode>& nodes) {
        for (const auto& node : nodes) {
            if (node.kind == TemplateNode::Kind::text) {
                out_ += node.text;
            } else if (node.kind == TemplateNode::Kind::block) {
                TRY_VOID(block(node));
            } else if (node.kind == TemplateNode::Kind::partial) {
                return usage(fmt::format("The partial {} could not be found", node.expression.source));
            } else {
                const auto value = TRY(call(node.expression));
                const auto text = to_text(value);
                const auto escaped = node.escape ? escape_html(text) : text;
                rendering_.escaped |= escaped != text;
                out_ += escaped;
            }
        }
        return {};
    }

    std::string take() { return std::move(out_); }

  private:
    static bool is_simple(const Expression& head) {
        return head.kind == Expression::Kind::path && head.parts.size() == 1 && head.depth == 0 && !head.data &&
               !head.scoped;
    }

    Value member(const Value& value, const std::string& name) const {
        if (const auto* list = std::get_if<List>(&value)) {
            if (name == "length") return static_cast<double>(list->size());
            const auto index = to_number(name);
            if (index && *index >= 0 && *index < static_cast<double>(list->size()))
                return (*list)[static_cast<std::size_t>(*index)];
        }
        if (const auto* text = std::get_if<std::string>(&value); text && name == "length")
            return static_cast<double>(text->size());
        return {};
    }

    Value look_up(const Expression& path) const {
        std::size_t next = 0;
        Value value;
        if (path.data) {
            const auto& name = path.parts.empty() ? path.source : path.parts[0];
            next = 1;
            if (name == "root") return from_level(levels_.front(), path, next);
            const auto known = data_.find(name);
            if (known == data_.end()) return {};
            value = known->second;
        } else {
            if (static_cast<std::size_t>(path.depth) >= levels_.size()) return {};
            return from_level(levels_[levels_.size() - 1 - static_cast<std::size_t>(path.depth)], path, 0);
        }
        for (; next < path.parts.size(); ++next) value = member(value, path.parts[next]);
        return value;
    }

    Value from_level(const Level& level, const Expression& path, std::size_t next) const {
        Value value = level.self;
        if (level.root) {
            const bool whole = next >= path.parts.size();
            const auto known = names_.find(whole ? std::string() : path.parts[next++]);
            if (whole && known == names_.end()) return std::string("[object Object]"); // what a script writes for it
            if (known == names_.end()) return {};
            value = known->second;
        }
        for (; next < path.parts.size(); ++next) value = member(value, path.parts[next]);
        return value;
    }

    Result<Value> invoke(const Value& value, const Arguments* arguments) const {
        const auto* called = std::get_if<Function>(&value);
        return called ? (**called)(arguments) : Result<Value>(value);
    }

    Result<Value> operand(const Expression& expression) {
        switch (expression.kind) {
        case Expression::Kind::call: return call(expression);
        case Expression::Kind::text: return Value(expression.text);
        case Expression::Kind::number: return Value(expression.number);
        case Expression::Kind::boolean: return Value(expression.number != 0);
        case Expression::Kind::nothing: return Value();
        case Expression::Kind::path: break;
        }
        return look_up(expression);
    }

    Result<Arguments> arguments_of(const Expression& call) {
        Arguments arguments;
        for (std::size_t i = 1; i < call.arguments.size(); ++i) {
            auto value = TRY(operand(call.arguments[i]));
            arguments.positional.push_back(std::move(value));
        }
        for (const auto& [name, expression] : call.named) {
            auto value = TRY(operand(expression));
            arguments.named.emplace_back(name, std::move(value));
        }
        return arguments;
    }

    Result<Value> call(const Expression& call) {
        const auto& head = call.arguments.front();
        const bool alone = call.arguments.size() == 1 && call.named.empty();
        if (is_simple(head) && is_helper(head.parts[0])) return helper_value(head.parts[0], call);
        const Value value = look_up(head);
        if (alone) {
            if (is_undefined(value) && is_simple(head) && levels_.size() == 1)
                rendering_.unknown.push_back(head.source);
            return invoke(value, nullptr);
        }
        if (is_undefined(value)) return usage(fmt::format("Missing helper: \"{}\"", head.source));
        if (!std::holds_alternative<Function>(value)) return usage(fmt::format("`{}` takes no arguments", head.source));
        const auto arguments = TRY(arguments_of(call));
        return invoke(value, &arguments);
    }

    Result<Value> helper_value(const std::string& name, const Expression& call) {
        if (name == "log") return Value();
        const auto arguments = TRY(arguments_of(call));
        if (name != "lookup") {
            TRY_VOID(check_count(name, arguments));
            return usage(fmt::format("`{0}` opens a block: {{{{#{0} …}}}}…{{{{/{0}}}}}", name));
        }
        if (arguments.positional.size() < 2) return usage("`lookup` takes a value and a name");
        return member(arguments.positional[0], to_text(arguments.positional[1]));
    }

    static Result<void> check_count(const std::string& name, const Arguments& arguments) {
        if (arguments.positional.size() == 1) return {};
        return usage(name == "each" ? "Must pass iterator to #each"
                                    : fmt::format("#{} requires exactly one argument", name));
    }

    Result<void> block(const TemplateNode& node) {
        const auto& head = node.expression.arguments.front();
        const auto& body = node.inverted ? node.otherwise : node.body;
        const auto& otherwise = node.inverted ? node.body : node.otherwise;
        const auto name = is_simple(head) ? head.parts[0] : std::string();
        if (name == "if" || name == "unless" || name == "with" || name == "each") {
            const auto arguments = TRY(arguments_of(node.expression));
            TRY_VOID(check_count(name, arguments));
            const auto value = TRY(invoke(arguments.positional[0], nullptr));
            return helper_block(name, value, arguments, body, otherwise);
        }
        const bool alone = node.expression.arguments.size() == 1 && node.expression.named.empty();
        const auto value = TRY(call(node.expression));
        if (!alone) { // a function with arguments stands for itself
            out_ += to_text(value);
            return {};
        }
        const auto* flag = std::get_if<bool>(&value);
        if (flag && *flag) return nodes(body);
        if (is_undefined(value) || flag) return nodes(otherwise);
        if (const auto* list = std::get_if<List>(&value)) return each(*list, body, otherwise);
        return inside(value, body);
    }

    Result<void> helper_block(const std::string& name, const Value& value, const Arguments& arguments,
                              const std::vector<TemplateNode>& body, const std::vector<TemplateNode>& otherwise) {
        if (name == "each") {
            const auto* list = std::get_if<List>(&value);
            return list ? each(*list, body, otherwise) : nodes(otherwise);
        }
        const auto* number = std::get_if<double>(&value);
        const bool zero = number && *number == 0;
        if (name == "with") return is_false(value) && !zero ? nodes(otherwise) : inside(value, body);
        const bool zero_counts = std::any_of(arguments.named.begin(), arguments.named.end(), [](const auto& named) {
            return named.first == "includeZero" && !is_false(named.second);
        });
        const bool holds = !is_false(value) || (zero && zero_counts);
        return nodes(holds == (name == "if") ? body : otherwise);
    }

    Result<void> inside(const Value& value, const std::vector<TemplateNode>& body) {
        levels_.push_back({value, false});
        const auto result = nodes(body);
        levels_.pop_back();
        return result;
    }

    Result<void> each(const List& list, const std::vector<TemplateNode>& body,
                      const std::vector<TemplateNode>& otherwise) {
        if (list.empty()) return nodes(otherwise);
        const auto outer = data_;
        for (std::size_t i = 0; i < list.size(); ++i) {
            data_["index"] = data_["key"] = static_cast<double>(i);
            data_["first"] = i == 0;
            data_["last"] = i + 1 == list.size();
            TRY_VOID(inside(list[i], body));
        }
        data_ = outer;
        return {};
    }

    const Names& names_;
    Rendering& rendering_;
    std::vector<Level> levels_;
    Names data_;
    std::string out_;
};

}

Value function(std::function<Result<Value>(const Arguments*)> call) {
    return std::make_shared<const std::function<Result<Value>(const Arguments*)>>(std::move(call));
}

Result<std::string> Template::render(const Names& names, Rendering& rendering) const {
    Renderer renderer(names, rendering);
    TRY_VOID(renderer.nodes(nodes_));
    return renderer.take();
}

Result<std::string> render(std::string_view text, const Names& names, Rendering& rendering) {
    if (text.find("{{") == std::string_view::npos) return std::string(text);
    const auto parsed = TRY(Template::parse(text));
    return parsed.render(names, rendering);
}

}
