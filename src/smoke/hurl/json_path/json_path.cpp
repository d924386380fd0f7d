#include "smoke/hurl/json_path/json_path.h"
#include "base/text.h"
#include "smoke/hurl/json_path/json_path_query.h"
#include "smoke/hurl/pattern.h"
#include <algorithm>
#include <unordered_map>

namespace fairlead::smoke::hurl {

namespace {

using Nodes = std::vector<const Value*>;

constexpr std::size_t all_nodes = 2'000'000;   // each has a pointer; more are an error
constexpr std::size_t most_steps = 50'000'000; // some seconds

const Value* element_at(const List& list, std::int64_t index) {
    const auto size = static_cast<std::int64_t>(list.size());
    if (index < 0) index += size;
    return index >= 0 && index < size ? &list[static_cast<std::size_t>(index)] : nullptr;
}

const Value* step_into(const Value& node, const PathSelector& selector) { // by a name or an index
    if (const auto* list = node.as<List>())
        return selector.is == PathSelector::Is::index ? element_at(*list, *selector.start) : nullptr;
    const auto* object = node.as<Object>();
    if (!object || selector.is != PathSelector::Is::name) return nullptr;
    for (const Member& member : *object)
        if (member.name == selector.name) return &member.value;
    return nullptr;
}

void append_slice(const List& list, const PathSelector& slice, Nodes& found) { // RFC 9535, 2.3.4.2.2
    const auto size = static_cast<std::int64_t>(list.size());
    const auto step = slice.step;
    const auto bound = [&](std::optional<std::int64_t> given, std::int64_t absent) {
        if (!given) return absent;
        const auto place = *given >= 0 ? *given : size + *given;
        return step > 0 ? std::clamp<std::int64_t>(place, 0, size) : std::clamp<std::int64_t>(place, -1, size - 1);
    };
    const auto start = bound(slice.start, step > 0 ? 0 : size - 1);
    const auto end = bound(slice.end, step > 0 ? size : -1);
    if (step == 0) return;
    for (auto i = start; step > 0 ? i < end : i > end; i += step) found.push_back(&list[static_cast<std::size_t>(i)]);
}

std::size_t child_count(const Value& node) {
    if (const auto* list = node.as<List>()) return list->size();
    if (const auto* object = node.as<Object>()) return object->size();
    return 0;
}

const Value& child_at(const Value& node, std::size_t index) {
    const auto* list = node.as<List>();
    return list ? (*list)[index] : (*node.as<Object>())[index].value;
}

// One evaluation of a query. Recursion goes as deep as the query is nested, which its parser bounds.
class PathRun {
  public:
    explicit PathRun(const Value& root) : root_(root) {}

    // At most `limit` nodes, the first ones.
    Nodes nodes(const JsonPath::Query& query, const Value& current, std::size_t limit) {
        Nodes found = {query.from_root ? &root_ : &current};
        for (std::size_t i = 0; i < query.segments.size() && !found.empty(); ++i) {
            const bool is_last = i + 1 == query.segments.size();
            found = follow(query.segments[i], found, is_last ? limit : all_nodes);
        }
        return found;
    }

    bool is_exhausted() const { return steps_ >= most_steps; }

  private:
    std::size_t steps_ = 0;
    Nodes follow(const PathSegment& segment, const Nodes& from, std::size_t limit) {
        Nodes found;
        for (const Value* node : from) {
            if (found.size() >= limit) break;
            if (segment.descends)
                descend(segment, *node, found, limit);
            else
                select(segment, *node, found, limit);
        }
        return found;
    }

    // Each node comes before its children. Documents may be deep: the stack is ours.
    void descend(const PathSegment& segment, const Value& top, Nodes& found, std::size_t limit) {
        Nodes waiting = {&top};
        while (!waiting.empty() && found.size() < limit && ++steps_ < most_steps) {
            const Value& node = *waiting.back();
            waiting.pop_back();
            select(segment, node, found, limit);
            for (std::size_t i = child_count(node); i > 0; --i) {
                const Value& child = child_at(node, i - 1);
                if (child_count(child) > 0) waiting.push_back(&child);
            }
        }
    }

    void select(const PathSegment& segment, const Value& node, Nodes& found, std::size_t limit) {
        for (const PathSelector& selector : segment.selectors) {
            if (selector.is == PathSelector::Is::name || selector.is == PathSelector::Is::index) {
                if (const auto* child = step_into(node, selector)) found.push_back(child);
            } else if (selector.is == PathSelector::Is::slice) {
                if (const auto* list = node.as<List>()) append_slice(*list, selector, found);
            } else {
                const auto count = child_count(node);
                for (std::size_t i = 0; i < count && found.size() < limit && ++steps_ < most_steps; ++i) {
                    const Value& child = child_at(node, i);
                    if (!selector.condition || holds(*selector.condition, child)) found.push_back(&child);
                }
            }
        }
    }

    bool holds(const PathCondition& condition, const Value& current) {
        switch (condition.is) {
        case PathCondition::Is::any:
            for (const auto& part : condition.parts)
                if (holds(part, current)) return true;
            return false;
        case PathCondition::Is::all:
            for (const auto& part : condition.parts)
                if (!holds(part, current)) return false;
            return true;
        case PathCondition::Is::opposite: return !holds(condition.parts.front(), current);
        case PathCondition::Is::comparison: return compare(condition, current);
        case PathCondition::Is::test: break;
        }
        const PathOperand& tested = condition.operands.front();
        if (const auto* call = std::get_if<PathCallPointer>(&tested.is)) return fits(**call, current);
        return exists(*std::get<PathQuery>(tested.is), current);
    }

    bool exists(const JsonPath::Query& query, const Value& current) {
        if (query.is_singular) return single(query, current) != nullptr;
        if (query.from_root) return !found_from_root(query).empty();
        return !nodes(query, current, 1).empty();
    }

    const Value* single(const JsonPath::Query& query, const Value& current) {
        const Value* node = query.from_root ? &root_ : &current;
        for (const auto& segment : query.segments) {
            node = step_into(*node, segment.selectors.front());
            if (!node) break;
        }
        return node;
    }

    // What a query from `$` finds is the same for each node that a filter looks at.
    const Nodes& found_from_root(const JsonPath::Query& query) {
        const auto known = from_root_.find(&query);
        if (known != from_root_.end()) return known->second;
        auto found = nodes(query, root_, all_nodes);
        return from_root_.emplace(&query, std::move(found)).first->second;
    }

    bool compare(const PathCondition& condition, const Value& current) { // RFC 9535, 2.3.5.2.2
        using Sign = PathCondition::Sign;
        Value left_room, right_room;
        const Value* left = value(condition.operands[0], current, left_room);
        const Value* right = value(condition.operands[1], current, right_room);
        const auto is_equal = [&] { return left && right ? equal(*left, *right) : !left && !right; };
        const auto is_ordered = [&](bool is_less) {
            if (!left || !right) return false;
            const auto ordered = order(*left, *right);
            return is_less ? ordered < 0 : ordered > 0;
        };
        switch (condition.sign) {
        case Sign::equal: return is_equal();
        case Sign::not_equal: return !is_equal();
        case Sign::less: return is_ordered(true);
        case Sign::less_or_equal: return is_ordered(true) || is_equal();
        case Sign::greater: return is_ordered(false);
        case Sign::greater_or_equal: return is_ordered(false) || is_equal();
        }
        return false;
    }

    // Null: nothing. `room` holds a value that is in no document.
    const Value* value(const PathOperand& operand, const Value& current, Value& room) {
        if (const auto* literal = std::get_if<Value>(&operand.is)) return literal;
        if (const auto* query = std::get_if<PathQuery>(&operand.is)) return single(**query, current);
        return result(*std::get<PathCallPointer>(operand.is), current, room);
    }

    const Value* result(const PathCall& call, const Value& current, Value& room) {
        const PathOperand& argument = call.arguments.front();
        if (call.function->is == PathFunction::Is::length) return length(argument, current, room);
        const bool counts = call.function->is == PathFunction::Is::count;
        const auto& query = *std::get<PathQuery>(argument.is);
        Nodes own;
        if (!query.from_root) own = nodes(query, current, counts ? all_nodes : 2);
        const Nodes& found = query.from_root ? found_from_root(query) : own;
        if (!counts) return found.size() == 1 ? found.front() : nullptr; // value()
        room.is = static_cast<std::int64_t>(found.size());
        return &room;
    }

    const Value* length(const PathOperand& argument, const Value& current, Value& room) {
        Value argument_room;
        const Value* measured = value(argument, current, argument_room);
        if (!measured) return nullptr;
        const auto* text = measured->as<std::string>();
        if (!text && !measured->as<List>() && !measured->as<Object>()) return nullptr;
        room.is = static_cast<std::int64_t>(text ? code_points(*text) : child_count(*measured));
        return &room;
    }

    // match() and search()
    bool fits(const PathCall& call, const Value& current) {
        Value text_room, expression_room;
        const Value* value_of_text = value(call.arguments[0], current, text_room);
        const auto* text = value_of_text ? value_of_text->as<std::string>() : nullptr;
        if (!text) return false;
        if (call.has_constant_pattern) return call.pattern && call.pattern->matches(*text);
        const Value* value_of_expression = value(call.arguments[1], current, expression_room);
        const auto* expression = value_of_expression ? value_of_expression->as<std::string>() : nullptr;
        if (!expression) return false;
        const auto& pattern = compiled(*expression, call.function->is);
        return pattern && pattern->matches(*text);
    }

    // A document mostly repeats the few that it has.
    const std::optional<sys::Pattern>& compiled(const std::string& expression, PathFunction::Is function) {
        constexpr std::size_t most = 100; // each may take megabytes
        auto& known = function == PathFunction::Is::match ? to_match_ : to_search_;
        if (const auto found = known.find(expression); found != known.end()) return found->second;
        if (known.size() == most) known.clear();
        return known.emplace(expression, compile_path_pattern(expression, function)).first->second;
    }

    const Value& root_;
    std::unordered_map<const JsonPath::Query*, Nodes> from_root_;
    std::unordered_map<std::string, std::optional<sys::Pattern>> to_match_, to_search_;
};

// Writes each `.` so that it takes neither \n nor \r (RFC 9485); for RE2 it is any character but \n. Nothing: RE2 would
// take an escape that neither the RFC nor Hurl knows.
std::optional<std::string> with_narrow_dots(std::string_view expression) {
    std::string out;
    bool in_class = false;
    while (!expression.empty()) {
        std::size_t taken = 1;
        if (expression.front() == '\\') {
            if (const auto next = expression.substr(1, 1); next == "Q" || next == "E" || next == "C")
                return std::nullopt;
            taken = std::min<std::size_t>(2, expression.size());
        } else if (in_class && expression.starts_with("[:")) { // [[:alpha:].]
            taken = std::min(expression.find(":]"), expression.size() - 2) + 2;
        } else if (in_class) {
            in_class = expression.front() != ']';
        } else if (expression.front() == '[') {
            in_class = true;
            if (expression.substr(taken, 1) == "^") ++taken;
            if (expression.substr(taken, 1) == "]") ++taken; // first: a literal
        }
        const auto part = expression.substr(0, taken);
        out += part == "." && !in_class ? "[^\\n\\r]" : part;
        expression.remove_prefix(taken);
    }
    return out;
}

}

std::optional<sys::Pattern> compile_path_pattern(std::string_view expression, PathFunction::Is function) {
    const auto narrow = with_narrow_dots(expression);
    if (!narrow) return std::nullopt;
    auto compiled = compile_expression(*narrow);
    if (compiled && function == PathFunction::Is::match) // compiled twice, because `a)(b` is right inside of a group
        compiled = compile_expression("\\A(?:" + *narrow + ")\\z");
    if (!compiled) return std::nullopt;
    return std::move(compiled->pattern);
}

JsonPath::JsonPath(std::unique_ptr<const Query> query) : query_(std::move(query)) {}
JsonPath::JsonPath(JsonPath&&) noexcept = default;
JsonPath& JsonPath::operator=(JsonPath&&) noexcept = default;
JsonPath::~JsonPath() = default;

namespace {

// How many values the nodes hold, up to the limit: a list of them copies each.
std::size_t size_of(const Nodes& nodes) {
    std::size_t size = 0;
    for (const Value* top : nodes) {
        Nodes waiting = {top};
        while (!waiting.empty() && size < all_nodes) {
            const Value& node = *waiting.back();
            waiting.pop_back();
            size += 1 + child_count(node);
            for (std::size_t i = 0; i < child_count(node); ++i)
                if (child_count(child_at(node, i)) > 0) waiting.push_back(&child_at(node, i));
        }
    }
    return size;
}

}

Result<std::vector<const Value*>> JsonPath::find(const Value& document) const {
    PathRun run(document);
    auto nodes = run.nodes(*query_, document, all_nodes);
    const bool is_too_much =
        run.is_exhausted() || nodes.size() >= all_nodes || (nodes.size() > 1 && size_of(nodes) >= all_nodes);
    if (is_too_much) return no("this path selects too much: more than two million values");
    return nodes;
}

std::optional<Value> value_of(const std::vector<const Value*>& nodes, Coercion coercion) {
    if (coercion == Coercion::on && nodes.empty()) return std::nullopt;
    if (coercion == Coercion::on && nodes.size() == 1) return *nodes.front();
    List list;
    list.reserve(nodes.size());
    for (const Value* node : nodes) list.push_back(*node);
    return Value{std::move(list)};
}

}
