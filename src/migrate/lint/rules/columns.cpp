#include "migrate/lint/rules/groups.h"
#include <algorithm>
#include <fmt/format.h>

// Columns that are added or changed.
namespace fairlead::migrate::lint {

namespace {

using Kind = Change::Kind;

void check_default(const Script& script, const Scripts&, Hits& hits) {
    constexpr int last_that_rewrites = 11; // as squawk has it; 11 is out of support
    each_change(script, Kind::add_column, [&](const Statement& one, const Change& change, std::size_t) {
        const Column& column = change.column;
        const bool is_old = column.has_default != Column::Default::none && script.options->postgres > 0 &&
                            script.options->postgres <= last_that_rewrites;
        const char* why = column.stored                                   ? "a stored generated column"
                          : is_serial(column)                             ? "serial"
                          : column.identity                               ? "an identity"
                          : column.has_default == Column::Default::unsure ? "a default that may differ by row"
                          : is_old                                        ? "a default, in this version"
                                                                          : nullptr;
        if (why != nullptr)
            hits.add(one, change.line,
                     fmt::format("column {}; {} rewrites the table under ACCESS EXCLUSIVE; add the column without it, "
                                 "fill it in batches, then set the default",
                                 column_of(one, column.name), why));
    });
}

// The same script takes the default away, as Django does: it was for the rows that were there.
bool loses_default(const Script& script, std::size_t from, const Name& table, const std::string& column) {
    for (std::size_t i = from; i < script.statements.size(); ++i) {
        const Statement& one = script.statements[i];
        if (one.tables.empty() || !is_same(one.tables.front(), table)) continue;
        for (const Change& change : one.changes)
            if (change.kind == Kind::drop_default && change.name == column) return true;
    }
    return false;
}

void check_required(const Script& script, const Scripts&, Hits& hits) {
    each_change(script, Kind::add_column, [&](const Statement& one, const Change& change, std::size_t at) {
        const Column& column = change.column;
        const bool is_filled =
            column.has_default != Column::Default::none || column.stored || column.identity || is_serial(column);
        if (column.not_null && !is_filled)
            hits.add(one, change.line,
                     fmt::format("column {}; NOT NULL without a default fails as soon as the table has a row; add it "
                                 "nullable, fill it, then SET NOT NULL",
                                 column_of(one, column.name)));
        else if (column.not_null && !one.tables.empty() && loses_default(script, at, one.tables.front(), column.name))
            hits.add(one, change.line,
                     fmt::format("column {}; its default is dropped at once, and the running release doesn't write the "
                                 "column, so its inserts fail; keep the default until that release has stopped",
                                 column_of(one, column.name)));
    });
}

// A check that is valid before statement `before` says that the column is not null; a check that another file wrote is
// taken for one when this file validates it.
bool is_proven(const Script& script, std::size_t before, const Name& table, const std::string& column) {
    std::map<std::string, const Constraint*> written;
    for (std::size_t i = 0; i < before; ++i) {
        const Statement& one = script.statements[i];
        if (one.tables.empty() || !is_same(one.tables.front(), table)) continue;
        for (const Change& change : one.changes) {
            const auto says = [&](const Constraint& check) {
                return std::find(check.not_null.begin(), check.not_null.end(), column) != check.not_null.end();
            };
            if (change.kind == Kind::add_constraint) {
                written[change.name] = &change.constraint;
                if (!change.constraint.not_valid && says(change.constraint)) return true;
            }
            if (change.kind != Kind::validate_constraint) continue;
            const auto found = written.find(change.name);
            if (found == written.end() || says(*found->second)) return true;
        }
    }
    return false;
}

void check_not_null(const Script& script, const Scripts&, Hits& hits) {
    constexpr int takes_proof = 12;
    each_change(script, Kind::set_not_null, [&](const Statement& one, const Change& change, std::size_t at) {
        if (script.postgres() >= takes_proof && is_proven(script, at, one.tables.front(), change.name)) return;
        hits.add(one, change.line,
                 fmt::format("column {}; SET NOT NULL reads the whole table under ACCESS EXCLUSIVE; first add CHECK "
                             "({} IS NOT NULL) NOT VALID, then VALIDATE it",
                             column_of(one, change.name), change.name));
    });
}

void check_drop_not_null(const Script& script, const Scripts&, Hits& hits) {
    each_change(script, Kind::drop_not_null, [&](const Statement& one, const Change& change, std::size_t) {
        hits.add(one, change.line,
                 fmt::format("column {}; readers may not expect null; first deploy code that expects it",
                             column_of(one, change.name)));
    });
}

int argument(const Column& column, std::size_t at) { return at < column.arguments.size() ? column.arguments[at] : -1; }

// The types whose change only touches the catalogue.
bool is_free(const Column& from, const Column& to) {
    if (from.is_array != to.is_array) return false;
    const bool was_text = from.type == "varchar" || from.type == "text";
    const bool grows = argument(to, 0) < 0 || (argument(from, 0) >= 0 && argument(to, 0) >= argument(from, 0));
    if (was_text && to.type == "text") return true;
    if (was_text && to.type == "varchar") return grows && (from.type == "varchar" || argument(to, 0) < 0);
    if (from.type == "cidr" && to.type == "inet") return true;
    if (from.type != to.type) return false;
    constexpr std::string_view growing[] = {"varbit", "timestamp", "timestamptz", "time", "timetz", "interval"};
    if (from.type == "numeric") return grows && (argument(to, 0) < 0 || argument(from, 1) == argument(to, 1));
    if (std::find(std::begin(growing), std::end(growing), from.type) != std::end(growing)) return grows;
    return from.arguments == to.arguments;
}

// The column as files before, and this one's statements before `before`, left it.
const Column* known(const Script& script, const Scripts& scripts, std::size_t before, const Name& table,
                    const std::string& name) {
    const Column* found = nullptr;
    for (const Script& each : scripts.all) {
        if (each.is_down) continue;
        const std::size_t end = &each == &script ? before : each.statements.size();
        for (std::size_t i = 0; i < end; ++i) {
            const Statement& one = each.statements[i];
            if (one.tables.empty() || !is_same(one.tables.front(), table)) continue;
            for (const Column& column : one.columns)
                if (column.name == name) found = &column;
            for (const Change& change : one.changes)
                if ((change.kind == Kind::add_column || change.kind == Kind::change_type) && change.name == name)
                    found = &change.column;
        }
        if (&each == &script) break;
    }
    return found;
}

void check_type(const Script& script, const Scripts& scripts, Hits& hits) {
    each_change(script, Kind::change_type, [&](const Statement& one, const Change& change, std::size_t at) {
        const Column* was = known(script, scripts, at, one.tables.front(), change.name);
        if (!change.converts && was != nullptr && is_free(*was, change.column)) return;
        hits.add(
            one, change.line,
            fmt::format("column {}; a new type rewrites table and indexes under ACCESS EXCLUSIVE; add a new column, "
                        "fill it in batches, then switch",
                        column_of(one, change.name)));
    });
}

void check_column_rename(const Script& script, const Scripts&, Hits& hits) {
    each_statement(script, Statement::Verb::rename, [&](const Statement& one, std::size_t at) {
        if (one.object == "column" && !script.is_about_new(at))
            hits.add(one, fmt::format("column {}; the running release still asks for the old name; add a new column, "
                                      "write both columns, switch, then drop the old column",
                                      column_of(one, one.name)));
    });
}

}

std::span<const Rule> column_rules() {
    static const std::vector<Rule> rules = {
        {"mig-add-column-volatile-default",
         "A new column rewrites the table",
         Level::error,
         check_default,
         "random(), an unknown function, a stored generated column, serial and identity give each row a different "
         "value, so all rows are rewritten under ACCESS EXCLUSIVE. A constant or now() rewrites no row.",
         "ALTER TABLE t ADD COLUMN c uuid; -- fill it in batches, then:\nALTER TABLE t ALTER COLUMN c SET DEFAULT "
         "gen_random_uuid();",
         {"adding-field-with-default"}},
        {"mig-add-required-column",
         "A required column is added to a table with rows",
         Level::error,
         check_required,
         "If the table has a row, the statement fails. The running release doesn't write the column, so the inserts of "
         "this release fail afterwards.",
         "ALTER TABLE t ADD COLUMN c int; -- fill it, then as at mig-set-not-null",
         {"adding-required-field"}},
        {"mig-set-not-null",
         "NOT NULL is checked under ACCESS EXCLUSIVE",
         Level::warning,
         check_not_null,
         "The server reads all rows under this lock. From PostgreSQL 12 on, it accepts a valid CHECK as proof, and "
         "reads no row.",
         "ALTER TABLE t ADD CONSTRAINT k CHECK (c IS NOT NULL) NOT VALID;\n-- in a later transaction\nALTER TABLE t "
         "VALIDATE "
         "CONSTRAINT k;\nALTER TABLE t ALTER COLUMN c SET NOT NULL;",
         {"adding-not-nullable-field"}},
        {"mig-change-type",
         "A column gets another type",
         Level::error,
         check_type,
         "The table and its indexes are rewritten under ACCESS EXCLUSIVE. Four changes rewrite nothing: a longer "
         "varchar, varchar to text, a greater precision, and cidr to inet. The rule knows the old type only if the "
         "judged files contain it.",
         "Add a new column, write both columns, fill the new column in batches, switch, drop the old column.",
         {"changing-column-type"}},
        {"mig-rename-column",
         "A column that is in use gets another name",
         Level::error,
         check_column_rename,
         "The running release asks for the old name.",
         "Add the new column, write both columns, fill it, switch, drop the old column in a later release.",
         {"renaming-column"},
         Engines::all},
        {"mig-drop-not-null",
         "A column may be null from now on",
         Level::info,
         check_drop_not_null,
         "The code that reads the column has never met a null so far.",
         "First deploy code that expects null.",
         {"ban-drop-not-null"}},
    };
    return rules;
}

}
