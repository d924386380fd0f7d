#include "base/text.h"
#include "migrate/lint/rules/groups.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::migrate::lint {

std::span<const Rule> all_rules() {
    static const std::vector<Rule> all = [] {
        std::vector<Rule> rules;
        for (const auto group : {lock_rules, index_rules, column_rules, constraint_rules, drop_rules, object_rules,
                                 guard_rules, data_rules, transaction_rules, type_rules, form_rules, right_rules,
                                 file_rules, sqlite_rules, mysql_rules}) {
            const auto its = group();
            rules.insert(rules.end(), its.begin(), its.end());
        }
        return rules;
    }();
    return all;
}

const Rule* find_rule(std::string_view id) {
    for (const Rule& rule : all_rules())
        if (rule.id == id) return &rule;
    return nullptr;
}

void each_statement(const Script& script, Statement::Verb verb, const EachStatement& look) {
    for (std::size_t at = 0; at < script.statements.size(); ++at)
        if (script.statements[at].verb == verb) look(script.statements[at], at);
}

void each_change(const Script& script, Change::Kind kind, const EachChange& look) {
    each_statement(script, Statement::Verb::alter_table, [&](const Statement& statement, std::size_t at) {
        if (statement.object == "type" || script.is_about_new(at)) return;
        for (const Change& change : statement.changes)
            if (change.kind == kind) look(statement, change, at);
    });
}

void each_column(const Script& script, const EachColumn& look) {
    for (std::size_t at = 0; at < script.statements.size(); ++at) {
        const Statement& statement = script.statements[at];
        for (const Column& column : statement.columns) look(statement, column, at);
        for (const Change& change : statement.changes)
            if (change.kind == Change::Kind::add_column || change.kind == Change::Kind::change_type) {
                Column column = change.column;
                column.name = change.name;
                if (column.line == 0) column.line = change.line;
                look(statement, column, at);
            }
    }
}

bool is_made_here(const Script& script, const Name& name) {
    return std::any_of(script.statements.begin(), script.statements.end(), [&](const Statement& each) {
        using Verb = Statement::Verb;
        if (each.verb == Verb::rename) return each.new_name == name.name;
        constexpr Verb upon[] = {Verb::create_rule, Verb::create_trigger, Verb::create_index, Verb::policy};
        if (std::find(std::begin(upon), std::end(upon), each.verb) != std::end(upon)) return false; // names its table
        return each.kind.starts_with("create") && (each.name == name.name || each.name == name.full() ||
                                                   (!each.tables.empty() && is_same(each.tables.front(), name)));
    });
}

std::string table_of(const Statement& statement) {
    return statement.tables.empty() ? std::string() : statement.tables.front().full();
}

std::string tables_of(const Statement& statement) {
    constexpr std::size_t shown = 3;
    const auto& all = statement.tables;
    std::vector<std::string> names;
    for (const Name& table : all)
        if (names.size() < shown) names.push_back(table.full());
    return fmt::format("table{} {}{}", all.size() == 1 ? "" : "s", join(names, ", "),
                       all.size() > shown ? fmt::format(" and {} more", all.size() - shown) : std::string());
}

std::string column_of(const Statement& statement, const std::string& column) {
    return table_of(statement) + "." + column;
}

}
