#include "migrate/lint/rules/groups.h"
#include <fmt/format.h>
#include <set>
#include <string>

// Statements that change rows.
namespace fairlead::migrate::lint {

namespace {

using Verb = Statement::Verb;

void check_where(const Script& script, const Scripts&, Hits& hits) {
    const auto tell = [&](const Statement& one, std::string_view what, const Name& table) {
        hits.add(
            one,
            fmt::format(
                "{} {}; all rows are changed at once, and stay locked until the transaction ends; do it in batches",
                what, table.full()));
    };
    for (std::size_t at = 0; at < script.statements.size(); ++at) {
        const Statement& one = script.statements[at];
        if (one.verb == Verb::create_rule) continue;
        for (const sql::Update& update : one.updates)
            if (!update.has_where && !script.is_new(at, update.table))
                tell(one, update.erases ? "delete" : "update", update.table);
    }
}

void check_backfill(const Script& script, const Scripts&, Hits& hits) {
    each_statement(script, Verb::update, [&](const Statement& one, std::size_t at) {
        if (script.transactions[at] == 0 || one.tables.empty() || script.is_about_new(at)) return;
        for (std::size_t i = 0; i < script.statements.size(); ++i) {
            const Statement& other = script.statements[i];
            const bool is_change = other.verb == Verb::alter_table || other.verb == Verb::create_index;
            if (!is_change || script.transactions[i] != script.transactions[at] || other.tables.empty() ||
                !is_same(other.tables.front(), one.tables.front()))
                continue;
            hits.add(one, fmt::format("update {}; it runs in the transaction that changes the table, under that lock; "
                                      "put it into a separate migration",
                                      table_of(one)));
            return;
        }
    });
}

void check_twice(const Script& script, const Scripts&, Hits& hits) {
    each_statement(script, Verb::update, [&](const Statement& one, std::size_t) {
        std::set<std::string> seen;
        for (const sql::Assignment& each : one.assignments)
            if (!seen.insert(each.column).second)
                hits.add(one, each.line,
                         fmt::format("column {}; it is set twice, and the server refuses that; take one assignment out",
                                     each.column));
    });
}

}

std::span<const Rule> data_rules() {
    static const std::vector<Rule> rules = {
        {"mig-update-no-where",
         "All rows of a table are changed at once",
         Level::warning,
         check_where,
         "All rows stay locked until the transaction ends, and the table grows to twice its size.",
         "UPDATE t SET … WHERE id BETWEEN 1 AND 10000; in batches",
         {},
         Engines::all},
        {"mig-big-backfill",
         "Rows are filled in the transaction that changes their table",
         Level::info,
         check_backfill,
         "The lock of ALTER TABLE is held until the last row is written.",
         "Write a separate migration, in batches.",
         {}},
        {"mig-duplicate-assignment",
         "An UPDATE sets a column twice",
         Level::error,
         check_twice,
         "The server refuses such an UPDATE with the message \"multiple assignments to same column\".",
         "Take one assignment out.",
         {"ban-duplicate-column-assignments"},
         Engines::postgres,
         true},
    };
    return rules;
}

}
