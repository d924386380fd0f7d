#include "migrate/sql/body.h"
#include "migrate/sql/choice.h"
#include "migrate/sql/reading.h"
#include "sys/data/json.h"
#include <algorithm>

// Statements that change rows: which of them, as far as their text tells.
namespace fairlead::migrate::sql {

using sys::Json;

namespace {

std::string index_text(const Json& indirection) {
    std::string text;
    if (!indirection.is_array()) return text;
    for (const Json& step : indirection)
        text += step.contains("String") ? "." + string_in(step) : "[" + sys::dump_json(part(step, "A_Indices")) + "]";
    return text;
}

// The names of the table that a statement is about: its alias, and what that hides.
std::vector<std::string> subject_of(const Json& relation) {
    const auto alias = word(part(relation, "alias"), "aliasname");
    return {alias.empty() ? word(relation, "relname") : alias};
}

bool chooses(const Json& condition, const Json& relation) {
    Condition each{subject_of(relation)};
    return each.of(condition) == Choice::rows;
}

// Sets has_where, and on what it depends.
void judge(Update& update, const Json& condition, const Json& relation) {
    Condition given{subject_of(relation), true};
    update.has_where = chooses(condition, relation);
    if (update.has_where && given.of(condition) == Choice::all) update.unless_null = std::move(given.not_null);
}

void add_columns(const Json& targets, Update& update) {
    if (!targets.is_array()) return;
    for (const Json& node : targets) update.columns.push_back(word(part(node, "ResTarget"), "name"));
}

void add_update(const Json& tree, std::vector<Update>& updates) {
    Update one{relation(part(tree, "relation")), {}};
    judge(one, part(tree, "whereClause"), part(tree, "relation"));
    add_columns(part(tree, "targetList"), one);
    updates.push_back(std::move(one));
}

void add_delete(const Json& tree, std::vector<Update>& updates) {
    Update one{relation(part(tree, "relation")), {}};
    judge(one, part(tree, "whereClause"), part(tree, "relation"));
    one.erases = true;
    updates.push_back(std::move(one));
}

// Rows of a list are as many as are written there; a query of a table may meet them all.
void add_upsert(const Json& tree, std::vector<Update>& updates) {
    const Json& conflict = part(tree, "onConflictClause");
    if (word(conflict, "action") != "ONCONFLICT_UPDATE") return;
    Update one{relation(part(tree, "relation")), {}};
    judge(one, part(conflict, "whereClause"), part(tree, "relation"));
    if (!reads_all(part(tree, "selectStmt"), part(tree, "withClause"))) return;
    add_columns(part(conflict, "targetList"), one);
    updates.push_back(std::move(one));
}

void add_merge(const Json& tree, std::vector<Update>& updates) {
    if (!part(tree, "mergeWhenClauses").is_array()) return;
    for (const Json& node : part(tree, "mergeWhenClauses")) {
        const Json& clause = part(node, "MergeWhenClause");
        if (word(clause, "commandType") != "CMD_UPDATE" || chooses(part(clause, "condition"), part(tree, "relation")))
            continue;
        Update one{relation(part(tree, "relation")), {}};
        judge(one, part(tree, "joinCondition"), part(tree, "relation"));
        add_columns(part(clause, "targetList"), one);
        updates.push_back(std::move(one));
    }
}

}

void read_update(Reading& reading) {
    reading.about("relation");
    reading.into.has_where = chooses(part(reading.tree, "whereClause"), part(reading.tree, "relation"));
    for (const Json& node : part(reading.tree, "targetList")) {
        const Json& target = part(node, "ResTarget");
        reading.into.assignments.push_back(
            {word(target, "name") + index_text(without_places(part(target, "indirection"))),
             line_of(target, reading.lines)});
    }
}

void read_delete(Reading& reading) {
    reading.about("relation");
    Update one;
    judge(one, part(reading.tree, "whereClause"), part(reading.tree, "relation"));
    reading.into.has_where = one.has_where;
    reading.into.unless_null = std::move(one.unless_null);
}

void read_merge(Reading& reading) {
    reading.about("relation");
    reading.into.has_where = true; // its condition
}

void add_updates(const Json& tree, std::vector<Update>& updates) {
    if (!tree.is_structured()) return;
    if (const Json& update = part(tree, "UpdateStmt"); update.is_object()) add_update(update, updates);
    if (const Json& erased = part(tree, "DeleteStmt"); erased.is_object()) add_delete(erased, updates);
    if (const Json& insert = part(tree, "InsertStmt"); insert.is_object()) add_upsert(insert, updates);
    if (const Json& merge = part(tree, "MergeStmt"); merge.is_object()) add_merge(merge, updates);
    for (const Json& below : tree) add_updates(below, updates);
}

void settle(Statement& statement, const std::function<bool(const Name&, const std::string&)>& never_null) {
    const auto is_all = [&](const Name& table, const std::vector<std::string>& columns) {
        return !columns.empty() && std::all_of(columns.begin(), columns.end(),
                                               [&](const std::string& column) { return never_null(table, column); });
    };
    for (Update& update : statement.updates)
        if (is_all(update.table, update.unless_null)) update.has_where = false;
    if (!statement.tables.empty() && is_all(statement.tables.front(), statement.unless_null))
        statement.has_where = false;
}

std::vector<Update> updates_by_words(std::string_view text, Dialect dialect) {
    std::vector<Update> updates;
    std::vector<Token> tokens;
    Scanner scanner(text, dialect);
    for (Token token = scanner.next(); token.kind != Token::Kind::end; token = scanner.next())
        if (token.kind != Token::Kind::comment) tokens.push_back(token);
    const auto is_one = [](std::string_view word) { return [word](const Token& token) { return token.is(word); }; };
    const bool begins = !tokens.empty() && (tokens.front().is("update") || tokens.front().is("with"));
    if (!begins || std::none_of(tokens.begin(), tokens.end(), is_one("update")) ||
        std::any_of(tokens.begin(), tokens.end(),
                    [](const Token& token) { return token.is("where") || token.is("limit"); }))
        return updates;
    for (const auto& name : changed_in(text, dialect))
        updates.push_back({{"", name}, {""}}); // of what it sets nothing is known
    return updates;
}

}
