#include "migrate/sql/tree.h"
#include "sys/data/json.h"
#include <algorithm>

namespace fairlead::migrate::sql {

using sys::Json;

const Json& part(const Json& tree, std::string_view key) {
    static const Json none;
    if (!tree.is_object()) return none;
    const auto found = tree.find(std::string(key));
    return found == tree.end() ? none : *found;
}

bool flag(const Json& tree, std::string_view key) {
    const Json& value = part(tree, key);
    return value.is_boolean() && value.get<bool>();
}

std::string word(const Json& tree, std::string_view key) {
    const Json& value = part(tree, key);
    return value.is_string() ? value.get<std::string>() : std::string();
}

Json without_places(Json tree) {
    if (tree.is_object()) tree.erase("location");
    if (tree.is_structured())
        for (auto& below : tree) below = without_places(std::move(below));
    return tree;
}

int line_of(const Json& tree, const Lines& lines) {
    const Json& location = part(tree, "location");
    if (!location.is_number_integer() || location.get<std::int64_t>() < 0) return 0;
    return lines(location.get<std::size_t>());
}

std::string string_in(const Json& node) {
    const Json& text = part(node, "String");
    return part(text, "sval").is_string() ? word(text, "sval") : word(text, "str");
}

std::vector<std::string> strings_in(const Json& list) {
    std::vector<std::string> all;
    if (list.is_array())
        for (const Json& node : list) all.push_back(string_in(node));
    return all;
}

Name relation(const Json& range) { return {word(range, "schemaname"), word(range, "relname")}; }

Name qualified(const std::vector<std::string>& parts) {
    if (parts.empty()) return {};
    return {parts.size() > 1 ? parts[parts.size() - 2] : "", parts.back()};
}

Name object_in(const Json& node) {
    if (const Json& items = part(part(node, "List"), "items"); items.is_array()) return qualified(strings_in(items));
    if (const Json& names = part(part(node, "TypeName"), "names"); names.is_array())
        return qualified(strings_in(names));
    if (const Json& routine = part(part(node, "ObjectWithArgs"), "objname"); routine.is_array())
        return qualified(strings_in(routine));
    return {"", string_in(node)};
}

bool is_on(const Json& options, std::string_view name) {
    if (!options.is_array()) return false;
    for (const Json& node : options) {
        const Json& option = part(node, "DefElem");
        if (word(option, "defname") != name) continue;
        const Json& value = part(option, "arg");
        if (value.is_null()) return true;
        const std::string text = string_in(value);
        const Json& number = part(value, "Integer");
        const bool is_zero = number.is_object() && !number.contains("ival");
        return !is_zero && text != "false" && text != "off";
    }
    return false;
}

namespace {

std::string type_name(const Json& type) {
    const auto names = strings_in(part(type, "names"));
    if (names.empty()) return "";
    if (names.size() == 1 || names.front() == "pg_catalog") return names.back();
    return names[names.size() - 2] + "." + names.back();
}

int number_in(const Json& node) {
    const Json& value = part(part(part(node, "A_Const"), "ival"), "ival");
    if (value.is_number_integer()) return value.get<int>();
    const Json& old = part(part(part(part(node, "A_Const"), "val"), "Integer"), "ival"); // of grammars before 15
    return old.is_number_integer() ? old.get<int>() : 0;
}

struct Function {
    std::string_view name;
    bool only_bare; // without arguments
};
// Those that give one value to all rows of a statement; of others nobody knows.
constexpr Function steady[] = {
    {"now", true},
    {"transaction_timestamp", true},
    {"statement_timestamp", true},
    {"current_schema", true},
    {"current_setting", false},
    {"timezone", false},
    {"date_trunc", false},
    {"make_interval", false},
    {"make_date", false},
    {"make_timestamptz", false},
    {"to_date", false},
    {"to_timestamp", false},
    {"lower", false},
    {"upper", false},
    {"concat", false},
    {"length", false},
    {"jsonb_build_object", false},
    {"json_build_object", false},
    {"jsonb_build_array", false},
    {"json_build_array", false},
    {"to_jsonb", false},
    {"to_json", false},
    {"array_fill", false},
    {"decode", false},
    {"md5", false},
    {"date_part", false},
    {"extract", false},
    {"floor", false},
    {"ceil", false},
    {"round", false},
    {"abs", false},
    {"string_to_array", false},
    {"date", false},
    {"text", false},
    {"hstore", false},
    {"repeat", false},
};

bool is_steady(const Json& call) {
    const auto name = strings_in(part(call, "funcname"));
    if (name.empty() || (name.size() > 1 && name.front() != "pg_catalog")) return false;
    const bool is_bare = part(call, "args").is_null();
    return std::any_of(std::begin(steady), std::end(steady),
                       [&](const Function& one) { return one.name == name.back() && (is_bare || !one.only_bare); });
}

// No call of an unsteady function in it.
bool is_fixed(const Json& expression) {
    std::vector<const Json*> open{&expression};
    while (!open.empty()) {
        const Json& node = *open.back();
        open.pop_back();
        if (node.is_object()) {
            if (const Json& call = part(node, "FuncCall"); !call.is_null() && !is_steady(call)) return false;
            if (node.contains("SubLink") || node.contains("NextValueExpr")) return false;
        }
        if (node.is_structured())
            for (const Json& below : node) open.push_back(&below);
    }
    return true;
}

// Columns that a check's expression says are not null: one test, or some joined by AND.
void find_not_null(const Json& expression, std::vector<std::string>& columns) {
    if (const Json& test = part(expression, "NullTest"); word(test, "nulltesttype") == "IS_NOT_NULL") {
        const auto fields = strings_in(part(part(part(test, "arg"), "ColumnRef"), "fields"));
        if (!fields.empty()) columns.push_back(fields.back());
    }
    if (const Json& both = part(expression, "BoolExpr"); word(both, "boolop") == "AND_EXPR")
        for (const Json& each : part(both, "args")) find_not_null(each, columns);
}

Constraint::Kind kind_named(const std::string& name) {
    using Kind = Constraint::Kind;
    return name == "CONSTR_CHECK"       ? Kind::check
           : name == "CONSTR_FOREIGN"   ? Kind::foreign_key
           : name == "CONSTR_UNIQUE"    ? Kind::unique
           : name == "CONSTR_PRIMARY"   ? Kind::primary_key
           : name == "CONSTR_EXCLUSION" ? Kind::exclusion
           : name == "CONSTR_NOTNULL"   ? Kind::not_null
                                        : Kind::other;
}

}

bool is_serial(const Column& column) {
    constexpr std::string_view names[] = {"serial", "serial2", "serial4", "serial8", "bigserial", "smallserial"};
    return std::find(std::begin(names), std::end(names), column.type) != std::end(names);
}

Column column_of(const Json& definition, const Lines& lines) {
    Column column;
    column.name = word(definition, "colname");
    column.line = line_of(definition, lines);
    const Json& type = part(definition, "typeName");
    column.type = type_name(type);
    column.is_array = part(type, "arrayBounds").is_array();
    if (part(type, "typmods").is_array())
        for (const Json& each : part(type, "typmods")) column.arguments.push_back(number_in(each));
    if (!part(definition, "constraints").is_array()) return column;
    for (const Json& node : part(definition, "constraints")) {
        const Json& one = part(node, "Constraint");
        const std::string kind = word(one, "contype");
        column.not_null = column.not_null || kind == "CONSTR_NOTNULL";
        column.primary_key = column.primary_key || kind == "CONSTR_PRIMARY";
        column.unique = column.unique || kind == "CONSTR_UNIQUE";
        column.check = column.check || kind == "CONSTR_CHECK";
        column.identity = column.identity || kind == "CONSTR_IDENTITY";
        column.stored = column.stored || (kind == "CONSTR_GENERATED" && word(one, "generated_kind") != "v");
        if (kind == "CONSTR_FOREIGN") {
            column.references = true;
            column.refers_to = relation(part(one, "pktable")).full();
        }
        if (kind == "CONSTR_DEFAULT")
            column.has_default = is_fixed(part(one, "raw_expr")) ? Column::Default::fixed : Column::Default::unsure;
    }
    return column;
}

Constraint constraint_of(const Json& tree, const Lines& lines) {
    Constraint constraint;
    constraint.kind = kind_named(word(tree, "contype"));
    constraint.name = word(tree, "conname");
    constraint.line = line_of(tree, lines);
    constraint.not_valid = flag(tree, "skip_validation");
    constraint.using_index = !word(tree, "indexname").empty();
    constraint.columns = strings_in(part(tree, part(tree, "fk_attrs").is_array() ? "fk_attrs" : "keys"));
    constraint.refers_to = relation(part(tree, "pktable"));
    if (constraint.kind == Constraint::Kind::check) find_not_null(part(tree, "raw_expr"), constraint.not_null);
    return constraint;
}

}
