#include "migrate/sql/destroys.h"
#include "migrate/sql/body.h"
#include <algorithm>

namespace fairlead::migrate::sql {

namespace {

using Verb = Statement::Verb;

bool has_word(std::string_view text, std::initializer_list<std::string_view> words, Dialect dialect) {
    Scanner scanner(text, dialect);
    for (Token token = scanner.next(); token.kind != Token::Kind::end; token = scanner.next())
        if (token.kind == Token::Kind::word &&
            std::find(words.begin(), words.end(), lower_case(token.text)) != words.end())
            return true;
    return false;
}

// Without CASCADE nothing of theirs is lost that a migration can't write again.
bool is_written_again(std::string_view object) {
    constexpr std::string_view objects[] = {
        "view",    "function",      "procedure",  "routine",    "aggregate",   "cast",          "operator",
        "opclass", "opfamily",      "collation",  "conversion", "extension",   "event trigger", "access method",
        "default", "statistic_ext", "statistics", "transform",  "publication", "language"};
    return std::find(std::begin(objects), std::end(objects), object) != std::end(objects);
}
bool holds_nothing(std::string_view object) {
    constexpr std::string_view objects[] = {"index", "trigger", "policy", "rule", "tabconstraint"};
    return std::find(std::begin(objects), std::end(objects), object) != std::end(objects);
}

// SQLite's own: rows that are in the way go.
bool sqlite_destroys(const Statement& statement, Reach reach) {
    const std::string& kind = statement.kind;
    if (kind == "insert" || kind == "update") {
        const auto text = lower_case(statement.text.substr(0, statement.text.find('(')));
        return has_word(text, {"replace"}, Dialect::sqlite);
    }
    return kind == "replace" || (reach == Reach::by_words && reaches_out(kind, statement.text));
}

// A name, whether it is in quotes or not, in lower case; empty: it is none.
std::string name_in(const Token& token) {
    if (token.kind == Token::Kind::word) return lower_case(token.text);
    return token.kind == Token::Kind::quoted ? lower_case(token.text.substr(1, token.text.size() - 2)) : "";
}

bool unread_destroys(const Statement& statement, Dialect dialect, Reach reach) {
    const std::string& kind = statement.kind;
    if (dialect == Dialect::sqlite && sqlite_destroys(statement, reach)) return true;
    for (const std::string_view harmless : {"drop index", "drop trigger", "drop view", "drop policy", "drop rule"})
        if (kind == harmless) return false;
    if (kind.starts_with("drop ") || kind == "delete" || kind == "truncate") return true;
    if (kind == "with") return has_word(statement.text, {"delete"}, dialect);
    return kind.starts_with("alter ") && has_word(statement.text, {"drop"}, dialect);
}

}

bool makes_way_out(const Statement& statement) {
    const bool is_function = statement.verb == Verb::create_function;
    if (!is_function && !statement.kind.ends_with(" foreign table")) return false;
    Scanner scanner(statement.text);
    std::string before;
    for (Token token = scanner.next(); token.kind != Token::Kind::end; token = scanner.next()) {
        if (token.kind == Token::Kind::comment) continue;
        const bool is_string = token.kind == Token::Kind::string;
        if (!is_function && is_string && (before == "program" || before == "filename")) return true;
        auto name = is_string ? lower_case(token.text.substr(1, token.text.size() - 2)) : name_in(token);
        if (is_function && before == "language" && (name == "c" || name == "internal")) return true;
        before = is_string ? "" : std::move(name);
    }
    return false;
}

bool reaches_out(std::string_view kind, std::string_view text) {
    return kind == "attach" || (kind == "vacuum" && has_word(text, {"into"}, Dialect::sqlite)) ||
           (kind == "pragma" &&
            has_word(text, {"writable_schema", "temp_store_directory", "data_store_directory"}, Dialect::sqlite));
}

bool destroys(const Statement& statement, Dialect dialect, Reach reach) {
    if (statement.erases_within || (dialect == Dialect::postgres && makes_way_out(statement))) return true;
    const auto drops_column = [](const Change& change) { return change.kind == Change::Kind::drop_column; };
    switch (statement.verb) {
    case Verb::erase:
    case Verb::truncate:
    case Verb::drop_database: return true;
    case Verb::drop:
        return !holds_nothing(statement.object) && (statement.cascade || !is_written_again(statement.object));
    case Verb::alter_table:
        return statement.cascade || std::any_of(statement.changes.begin(), statement.changes.end(), drops_column);
    case Verb::copy: return statement.object == "program" || (statement.object == "file" && !statement.from);
    case Verb::block: return body_destroys(statement.text) != Destroys::no;
    case Verb::perform: return statement.kind == "execute";
    case Verb::other: return statement.kind.starts_with("drop "); // OWNED, ROLE, SUBSCRIPTION
    case Verb::unknown: return unread_destroys(statement, dialect, reach);
    default: return false;
    }
}

}
