#include "base/printable.h"
#include "base/text.h"
#include "smoke/hurl/json_path/json_path_query.h"
#include "smoke/hurl/json_path/json_path_text.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::smoke::hurl {

namespace {

constexpr std::size_t deepest_path = 1000; // parentheses, filters and calls inside of one another
constexpr PathFunction path_functions[] = {
    {"length", PathFunction::Is::length, 1, PathType::value, PathType::value},
    {"count", PathFunction::Is::count, 1, PathType::nodes, PathType::value},
    {"match", PathFunction::Is::match, 2, PathType::value, PathType::condition},
    {"search", PathFunction::Is::search, 2, PathType::value, PathType::condition},
    {"value", PathFunction::Is::value, 1, PathType::nodes, PathType::value},
};

struct PathSign {
    std::string_view text;
    PathCondition::Sign sign;
};
constexpr PathSign path_signs[] = {
    // the longer ones first
    {"==", PathCondition::Sign::equal},         {"!=", PathCondition::Sign::not_equal},
    {"<=", PathCondition::Sign::less_or_equal}, {">=", PathCondition::Sign::greater_or_equal},
    {"<", PathCondition::Sign::less},           {">", PathCondition::Sign::greater},
};

// Recursive descent by the grammar of RFC 9535, appendix A. The first error ends it.
class PathParser : public PathText {
  public:
    explicit PathParser(std::string_view text) : PathText(text) {}

    [[nodiscard]] bool whole(JsonPath::Query& out) {
        if (!valid_utf8(text_)) return wrong("a text in UTF-8");
        if (peek() != '$') return wrong("$ at the start, as in $.items[0].id", root_fix());
        if (!query(out)) return false;
        return at_ == text_.size() || wrong(".name, [...] or the end", rest_fix());
    }

  private:
    bool query(JsonPath::Query& out) { // at its $ or @
        out.from_root = peek() == '$';
        ++at_;
        for (;;) {
            const auto before = at_;
            skip_blanks();
            if (peek() != '.' && peek() != '[') {
                at_ = before;
                return true;
            }
            if (!segment(out.segments.emplace_back())) return false;
            out.is_singular = out.is_singular && finds_one(out.segments.back());
        }
    }
    static bool finds_one(const PathSegment& segment) {
        const auto is = segment.selectors.front().is;
        const bool is_place = is == PathSelector::Is::name || is == PathSelector::Is::index;
        return is_place && segment.selectors.size() == 1 && !segment.descends;
    }

    bool segment(PathSegment& out) {
        const auto start = at_;
        const bool has_dot = eat(".");
        out.descends = has_dot && eat(".");
        if (peek() == '[' && (!has_dot || out.descends)) return brackets(out.selectors);
        PathSelector& selector = out.selectors.emplace_back();
        if (eat("*")) return true;
        selector.is = PathSelector::Is::name;
        return shorthand(out.descends ? at_ : start, selector.name);
    }

    bool brackets(std::vector<PathSelector>& out) {
        do {
            ++at_; // [ or ,
            skip_blanks();
            if (!selector(out.emplace_back())) return false;
            skip_blanks();
        } while (peek() == ',');
        return eat("]") || wrong("',' or ']'");
    }

    bool selector(PathSelector& out) {
        if (peek() == ':' || begins_number()) return index_or_slice(out);
        if (eat("*")) return true;
        if (eat("?")) {
            out.is = PathSelector::Is::filter;
            out.condition = std::make_unique<PathCondition>();
            return condition(*out.condition);
        }
        out.is = PathSelector::Is::name;
        if (is_at_quote()) return quoted(out.name);
        return wrong_selector();
    }
    bool wrong_selector() { return wrong("a name in quotes, an index, a slice such as 1:3, * or ?", bracket_fix()); }

    bool index_or_slice(PathSelector& out) {
        out.is = PathSelector::Is::index;
        if (!bound(out.start)) return false;
        skip_blanks();
        if (!eat(":")) return true;
        out.is = PathSelector::Is::slice;
        skip_blanks();
        if (!bound(out.end)) return false;
        skip_blanks();
        if (!eat(":")) return true;
        skip_blanks();
        return !begins_number() || integer(out.step);
    }
    bool bound(std::optional<std::int64_t>& out) { return !begins_number() || integer(out.emplace()); }

    // Takes the blanks around it.
    bool condition(PathCondition& any) {
        if (++depth_ > deepest_path) return too_deep();
        any.is = PathCondition::Is::any;
        do {
            PathCondition& all = any.parts.emplace_back();
            all.is = PathCondition::Is::all;
            do {
                skip_blanks();
                if (!basic(all.parts.emplace_back())) return false;
                skip_blanks();
            } while (eat("&&"));
            replace_by_only(all);
        } while (eat("||"));
        --depth_;
        replace_by_only(any);
        return true;
    }
    static void replace_by_only(PathCondition& condition) { // a part, if there is one only
        if (condition.parts.size() > 1) return;
        auto only = std::move(condition.parts.front());
        condition = std::move(only);
    }

    bool basic(PathCondition& out) {
        if (!eat("!")) return eat("(") ? parenthesis(out) : comparison_or_test(out, false);
        skip_blanks();
        out.is = PathCondition::Is::opposite;
        PathCondition& inner = out.parts.emplace_back();
        return eat("(") ? parenthesis(inner) : comparison_or_test(inner, true);
    }
    bool parenthesis(PathCondition& out) {
        if (!condition(out)) return false;
        return eat(")") || wrong_end();
    }
    bool wrong_end() { return wrong("&&, || or ')'", equals_fix()); }

    bool comparison_or_test(PathCondition& out, bool is_negated) {
        const auto start = at_;
        out.operands.resize(1);
        if (!operand(out.operands.front())) return false;
        skip_blanks();
        const auto* sign = find_sign();
        if (!sign) return check_test(out.operands.front());
        if (is_negated) return wrong_at(start, "a comparison after ! in parentheses, as in !(@.a == 1)");
        if (!check_side(out.operands.front(), start)) return false;
        out.is = PathCondition::Is::comparison;
        out.sign = sign->sign;
        skip_blanks();
        const auto right_start = at_;
        return operand(out.operands.emplace_back()) && check_side(out.operands.back(), right_start);
    }
    const PathSign* find_sign() { // and takes it; null: there is none
        for (const PathSign& row : path_signs)
            if (eat(row.text)) return &row;
        return nullptr;
    }

    bool operand(PathOperand& out) {
        if (peek() == '@' || peek() == '$') {
            out.is = std::make_unique<JsonPath::Query>();
            return query(*std::get<PathQuery>(out.is));
        }
        if (peek() >= 'a' && peek() <= 'z') return word(out);
        if (is_at_quote()) return text(out);
        if (begins_number()) return number(out);
        return wrong_operand(at_);
    }
    bool wrong_operand(std::size_t start) {
        return wrong_at(start, "a query such as @.name, a text in quotes, a number, true, false, null or a function");
    }

    bool text(PathOperand& out) {
        std::string text;
        if (!quoted(text)) return false;
        out.is = Value{std::move(text)};
        return true;
    }

    bool number(PathOperand& out) {
        const auto end = std::min(text_.find_first_not_of("+-.0123456789eE", at_), text_.size());
        auto number = read_json(text_.substr(at_, end - at_)); // the same grammar
        if (!number) return wrong("a number such as 3, -1.5 or 2e10");
        at_ = end;
        out.is = std::move(number).value();
        return true;
    }

    // A call, true, false or null.
    bool word(PathOperand& out) {
        const auto start = at_;
        while ((peek() >= 'a' && peek() <= 'z') || peek() == '_' || is_digit(peek())) ++at_;
        const auto name = text_.substr(start, at_ - start);
        if (peek() == '(') {
            out.is = std::make_unique<PathCall>();
            return call(*std::get<PathCallPointer>(out.is), start, name);
        }
        if (name == "true" || name == "false") return put_literal(out, {name == "true"});
        if (name == "null") return put_literal(out, {Null{}});
        return wrong_operand(start);
    }
    static bool put_literal(PathOperand& out, Value value) {
        out.is = std::move(value);
        return true;
    }

    bool call(PathCall& out, std::size_t start, std::string_view name) {
        for (const PathFunction& row : path_functions)
            if (row.name == name) out.function = &row;
        if (!out.function) return wrong_at(start, "length(), count(), match(), search() or value()");
        if (++depth_ > deepest_path) return too_deep();
        do {
            ++at_; // ( or ,
            skip_blanks();
            if (out.arguments.empty() && peek() == ')') break;
            const auto from = at_;
            if (!operand(out.arguments.emplace_back())) return false;
            if (!check_argument(*out.function, out.arguments.back(), from)) return false;
            skip_blanks();
        } while (peek() == ',');
        if (!eat(")")) return wrong("',' or ')'");
        --depth_;
        if (out.arguments.size() != out.function->parameters) return wrong_count(out, start);
        compile_constant(out);
        return true;
    }
    static void compile_constant(PathCall& call) {
        if (call.function->result != PathType::condition) return;
        const auto* literal = std::get_if<Value>(&call.arguments[1].is);
        const auto* expression = literal ? literal->as<std::string>() : nullptr;
        if (!expression) return;
        call.has_constant_pattern = true;
        call.pattern = compile_path_pattern(*expression, call.function->is);
    }

    // The rules of types (RFC 9535, 2.4.3).
    bool check_test(const PathOperand& tested) {
        if (std::holds_alternative<PathQuery>(tested.is)) {
            if (peek() == '=') return wrong("== for a comparison, match() or search() for a pattern", equals_fix());
            return true;
        }
        const auto* call = std::get_if<PathCallPointer>(&tested.is);
        if (call && (*call)->function->result == PathType::condition) return true;
        return wrong(call ? fmt::format("a comparison of the result, as in {}(...) == 1", (*call)->function->name)
                          : "a comparison after the value, such as == @.name",
                     equals_fix());
    }
    bool check_side(const PathOperand& side, std::size_t start) {
        const auto* query = std::get_if<PathQuery>(&side.is);
        if (query && !(*query)->is_singular)
            return wrong_at(start, "a query of one node, made of names and indexes alone");
        const auto* call = std::get_if<PathCallPointer>(&side.is);
        if (call && (*call)->function->result == PathType::condition)
            return wrong_at(start, fmt::format("{}() as a condition by itself", (*call)->function->name));
        return true;
    }
    bool check_argument(const PathFunction& function, const PathOperand& argument, std::size_t start) {
        if (function.parameter == PathType::value) return check_side(argument, start); // also one value
        if (std::holds_alternative<PathQuery>(argument.is)) return true;
        return wrong_at(start, fmt::format("a query in {}(), such as @.items", function.name));
    }
    bool wrong_count(const PathCall& call, std::size_t start) {
        const auto count = call.function->parameters;
        return wrong_at(start,
                        fmt::format("{}() with {}", call.function->name, count == 1 ? "1 argument" : "2 arguments"));
    }
    bool too_deep() { return wrong(fmt::format("at most {} levels inside of one another", deepest_path)); }

    std::size_t depth_ = 0;
};

// Nothing, if more is wrong than older spellings.
std::optional<std::string> standard_form(std::string text, std::optional<PathFix> fix) {
    constexpr int most = 20; // each takes a whole parse
    for (int i = 0; i < most && fix; ++i) {
        text.replace(fix->at, fix->size, fix->by);
        PathParser parser(text);
        JsonPath::Query query;
        if (parser.whole(query)) return text;
        fix = parser.fix();
    }
    return std::nullopt;
}

}

Result<JsonPath> JsonPath::parse(std::string_view text) {
    if (text.empty()) return usage("a JSONPath can't be empty; expected $ at the start, as in $.items[0].id");
    PathParser parser(text);
    auto query = std::make_unique<Query>();
    if (parser.whole(*query)) return JsonPath(std::move(query));
    const auto place =
        parser.failed_at() == text.size()
            ? std::string("ends too early")
            : fmt::format("is malformed at position {}", code_points(text.substr(0, parser.failed_at())) + 1);
    const auto better = standard_form(std::string(text), parser.fix());
    return usage(fmt::format("JSONPath '{}' {}: expected {}{}", one_line(text), place, parser.expected(),
                             better ? "; write " + one_line(*better) : ""));
}

}
