#include "migrate/sql/choice.h"
#include "base/text.h"
#include "migrate/sql/tree.h"
#include "sys/data/json.h"
#include <algorithm>
#include <optional>

namespace fairlead::migrate::sql {

using sys::Json;

namespace {

// What a row, a server or a query has to tell.
bool asks(const Json& tree) {
    if (!tree.is_structured()) return false;
    for (const char* key : {"ColumnRef", "SubLink", "CurrentOfExpr", "ParamRef", "FuncCall"})
        if (tree.is_object() && tree.contains(key)) return true;
    return std::any_of(tree.begin(), tree.end(), [](const Json& below) { return asks(below); });
}

const Json& uncast(const Json& tree) {
    const Json& cast = part(tree, "TypeCast");
    return cast.is_object() ? uncast(part(cast, "arg")) : tree;
}

struct Literal {
    std::optional<double> number;
    std::string text;
};

// Nothing: it isn't one, or its value is not told (of a 0 and a negative number the tree says nothing).
std::optional<Literal> literal_in(const Json& tree) {
    const Json& constant = part(uncast(tree), "A_Const");
    if (const Json& text = part(constant, "sval"); text.is_object()) return Literal{{}, word(text, "sval")};
    if (const Json& value = part(part(constant, "ival"), "ival"); value.is_number())
        return Literal{value.get<double>(), ""};
    const auto real = parse_number(word(part(constant, "fval"), "fval"));
    if (real.ok()) return Literal{real.value(), ""};
    if (const Json& value = part(constant, "boolval"); value.is_object())
        return Literal{flag(value, "boolval") ? 1.0 : 0.0, ""};
    return {};
}

// A number is true in SQLite; of a text both engines' ways to say no.
Choice truth_of(const Literal& literal) {
    if (literal.number) return *literal.number != 0 ? Choice::all : Choice::none;
    const auto text = lower(trim(literal.text));
    for (const std::string_view no : {"", "0", "f", "false", "n", "no", "off"})
        if (text == no) return Choice::none;
    return Choice::all;
}

template <typename T>
bool holds(std::string_view operation, const T& left, const T& right) {
    return operation == "=" || operation == "==" ? left == right
           : operation == "<"                    ? left < right
           : operation == ">"                    ? left > right
           : operation == "<="                   ? left <= right
           : operation == ">="                   ? left >= right
                                                 : left != right;
}

constexpr std::string_view comparisons[] = {"=", "==", "<>", "!=", "<", ">=", ">", "<="};
std::string_view opposite(std::string_view operation) {
    constexpr std::string_view opposites[] = {"<>", "<>", "=", "=", ">=", "<", "<=", ">"};
    const auto* found = std::find(std::begin(comparisons), std::end(comparisons), operation);
    return found == std::end(comparisons) ? "" : opposites[found - std::begin(comparisons)];
}

// The name of an operator of A_Expr.
std::string operation_of(const Json& expression) {
    const auto names = strings_in(part(expression, "name"));
    return names.empty() ? "" : names.back();
}

Choice negated(Choice choice) {
    return choice == Choice::all ? Choice::none : choice == Choice::none ? Choice::all : choice;
}

// What is true where `tree` is not, as text; empty: nobody can tell.
std::string denial_of(const Json& tree) {
    Json other = without_places(tree);
    if (part(tree, "BoolExpr").is_object() && word(part(tree, "BoolExpr"), "boolop") == "NOT_EXPR")
        return sys::dump_json(other["BoolExpr"]["args"][0]);
    if (part(tree, "NullTest").is_object()) {
        const bool is_null = word(part(tree, "NullTest"), "nulltesttype") == "IS_NULL";
        other["NullTest"]["nulltesttype"] = is_null ? "IS_NOT_NULL" : "IS_NULL";
        return sys::dump_json(other);
    }
    const Json& expression = part(tree, "A_Expr");
    const auto operation = std::string(opposite(operation_of(expression)));
    if (word(expression, "kind") != "AEXPR_OP" || operation.empty()) return "";
    other["A_Expr"]["name"].back()["String"]["sval"] = operation;
    return sys::dump_json(other);
}

bool is_denied(const Json& arguments) {
    std::vector<std::string> all;
    for (const Json& one : arguments) all.push_back(sys::dump_json(without_places(one)));
    return std::any_of(arguments.begin(), arguments.end(), [&](const Json& one) {
        const auto denial = denial_of(one);
        return !denial.empty() && std::find(all.begin(), all.end(), denial) != all.end();
    });
}

// A query of no table: one row, if nothing takes it away.
const Json* row_without_table(const Json& link) {
    const Json& query = part(part(link, "subselect"), "SelectStmt");
    for (const char* key : {"fromClause", "whereClause", "havingClause", "limitCount", "limitOffset", "valuesLists"})
        if (!part(query, key).is_null()) return nullptr;
    return word(query, "op") == "SETOP_NONE" ? &query : nullptr;
}

class Chooser {
  public:
    explicit Chooser(Condition& condition) : condition_(condition) {}

    Choice of(const Json& given) {
        const Json& tree = uncast(given);
        if (const Json& logic = part(tree, "BoolExpr"); logic.is_object()) return of_logic(logic);
        if (const Json& link = part(tree, "SubLink"); link.is_object()) return of_link(link);
        if (const Json& test = part(tree, "NullTest"); test.is_object()) return of_null_test(test);
        if (const Json& expression = part(tree, "A_Expr"); expression.is_object()) return of_expression(expression);
        if (const Json& first = part(part(tree, "CoalesceExpr"), "args"); first.is_array() && !first.empty()) {
            const Choice choice = of(first.front());
            if (choice != Choice::unknown && !asks(first.front())) return choice;
        }
        if (flag(part(tree, "A_Const"), "isnull")) return Choice::unknown;
        if (const auto literal = literal_in(tree)) return truth_of(*literal);
        return asks(tree) ? Choice::rows : Choice::all;
    }

  private:
    Choice of_logic(const Json& logic) {
        const auto kind = word(logic, "boolop");
        const Json& arguments = part(logic, "args");
        if (kind == "NOT_EXPR") return negated(of(arguments.front()));
        const bool is_or = kind == "OR_EXPR";
        if (is_or && is_denied(arguments)) return Choice::all;
        const Choice decides = is_or ? Choice::all : Choice::none;
        bool has_rows = false, has_unknown = false;
        for (const Json& one : arguments) {
            const Choice choice = of(one);
            if (choice == decides) return decides;
            has_rows = has_rows || choice == Choice::rows;
            has_unknown = has_unknown || choice == Choice::unknown;
        }
        if (has_unknown && !is_or) return Choice::unknown; // AND NULL is never true
        return has_rows ? Choice::rows : has_unknown ? Choice::unknown : negated(decides);
    }

    Choice of_link(const Json& link) {
        const Json* row = row_without_table(link);
        if (row == nullptr) return Choice::rows;
        const auto kind = word(link, "subLinkType");
        if (kind == "EXISTS_SUBLINK") return Choice::all;
        const Json& targets = part(*row, "targetList");
        if (kind != "EXPR_SUBLINK" || targets.size() != 1) return Choice::rows;
        return of(part(part(targets.front(), "ResTarget"), "val"));
    }

    Choice of_null_test(const Json& test) {
        const Json& tested = uncast(part(test, "arg"));
        const bool is_not = word(test, "nulltesttype") == "IS_NOT_NULL";
        if (flag(part(tested, "A_Const"), "isnull")) return is_not ? Choice::none : Choice::all;
        if (!asks(tested)) return is_not ? Choice::all : Choice::none;
        const auto column = column_in(tested);
        if (!condition_.is_given || column.empty()) return Choice::rows;
        condition_.not_null.push_back(column);
        return is_not ? Choice::all : Choice::none;
    }

    Choice of_expression(const Json& expression) {
        const auto kind = word(expression, "kind");
        const Json &left = part(expression, "lexpr"), &right = part(expression, "rexpr");
        const auto operation = operation_of(expression);
        const bool is_same = kind == "AEXPR_NOT_DISTINCT";
        const bool compares =
            is_same || (kind == "AEXPR_OP" &&
                        std::find(std::begin(comparisons), std::end(comparisons), operation) != std::end(comparisons));
        if (!asks(expression)) return compares ? of_literals(operation, left, right) : Choice::all;
        const bool is_equal =
            is_same || operation == "=" || operation == "==" || operation == "<=" || operation == ">=";
        const auto column = column_in(uncast(left));
        return compares && is_equal && !column.empty() && column == column_in(uncast(right)) ? Choice::all
                                                                                             : Choice::rows;
    }

    static Choice of_literals(std::string_view operation, const Json& left, const Json& right) {
        for (const Json* side : {&left, &right})
            if (flag(part(uncast(*side), "A_Const"), "isnull")) return Choice::unknown;
        const auto one = literal_in(left), other = literal_in(right);
        if (!one || !other || one->number.has_value() != other->number.has_value()) return Choice::all;
        const bool is_so =
            one->number ? holds(operation, *one->number, *other->number) : holds(operation, one->text, other->text);
        return is_so ? Choice::all : Choice::none;
    }

    // "id", also of t.id where t is the table that is meant; "s.id" of another; empty: it is no column.
    std::string column_in(const Json& tree) const {
        auto fields = strings_in(part(part(tree, "ColumnRef"), "fields"));
        if (fields.empty()) return "";
        const auto& names = condition_.subject;
        if (fields.size() == 2 && std::find(names.begin(), names.end(), fields.front()) != names.end())
            fields.erase(fields.begin());
        return join(fields, ".");
    }

    Condition& condition_;
};

// Whether something of a FROM is a table; a CTE is what it reads.
bool is_table(const Json& source, const Json& with) {
    if (const Json& range = part(source, "RangeVar"); range.is_object()) {
        if (part(with, "ctes").is_array() && word(range, "schemaname").empty())
            for (const Json& node : part(with, "ctes"))
                if (const Json& cte = part(node, "CommonTableExpr"); word(cte, "ctename") == word(range, "relname"))
                    return !flag(with, "recursive") && reads_all(part(cte, "ctequery"), Json());
        return true;
    }
    if (const Json& join = part(source, "JoinExpr"); join.is_object())
        return is_table(part(join, "larg"), with) || is_table(part(join, "rarg"), with);
    return reads_all(part(part(source, "RangeSubselect"), "subquery"), with);
}

}

Choice Condition::of(const Json& tree) { return tree.is_null() ? Choice::all : Chooser(*this).of(tree); }

bool reads_all(const Json& query, const Json& with) {
    const Json& select = part(query, "SelectStmt");
    if (!select.is_object()) return false;
    const Json& own = part(select, "withClause").is_object() ? part(select, "withClause") : with;
    if (word(select, "op") != "SETOP_NONE")
        return reads_all({{"SelectStmt", part(select, "larg")}}, own) ||
               reads_all({{"SelectStmt", part(select, "rarg")}}, own);
    for (const char* key : {"havingClause", "limitCount"})
        if (!part(select, key).is_null()) return false;
    Condition condition;
    if (condition.of(part(select, "whereClause")) != Choice::all || !part(select, "fromClause").is_array())
        return false;
    const Json& from = part(select, "fromClause");
    return std::any_of(from.begin(), from.end(), [&](const Json& source) { return is_table(source, own); });
}

}
