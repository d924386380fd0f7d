#include "migrate/lint/rules/groups.h"
#include <fmt/format.h>

// What is gone afterwards, or has another name.
namespace fairlead::migrate::lint {

namespace {

using Verb = Statement::Verb;

// In production what the old release may still ask for goes in the phase `contract` only.
Level level_here(const Script& script) {
    return script.options->profile == config::Profile::production && script.marks.phase != "contract" ? Level::error
                                                                                                      : Level::warning;
}

void check_column(const Script& script, const Scripts&, Hits& hits) {
    each_change(script, Change::Kind::drop_column, [&](const Statement& one, const Change& change, std::size_t) {
        hits.add(one, change.line,
                 fmt::format("column {}.{}; the running release may still ask for it, and its data will be gone; {}",
                             table_of(one), change.name, way_to_drop(script)))
            .level = level_here(script);
    });
}

void check_table(const Script& script, const Scripts&, Hits& hits) {
    each_statement(script, Verb::drop, [&](const Statement& one, std::size_t at) {
        if (one.object != "table" || script.is_about_new(at)) return;
        hits.add(one, fmt::format("{}; the running release may still ask for it, and its data will be gone; {}",
                                  tables_of(one), way_to_drop(script)))
            .level = level_here(script);
    });
}

void check_database(const Script& script, const Scripts&, Hits& hits) {
    each_statement(script, Verb::drop_database, [&](const Statement& one, std::size_t) {
        hits.add(one,
                 "drop database; all of it is gone, and no migration brings it back; do it by hand, after a backup");
    });
}

void check_table_rename(const Script& script, const Scripts&, Hits& hits) {
    each_statement(script, Verb::rename, [&](const Statement& one, std::size_t at) {
        if (one.object == "table" && !script.is_about_new(at))
            hits.add(one, fmt::format("table {}; the running release still asks for the old name; make a view of that "
                                      "name in the same transaction",
                                      table_of(one)));
    });
}

void check_truncate(const Script& script, const Scripts&, Hits& hits) {
    each_statement(script, Verb::truncate, [&](const Statement& one, std::size_t at) {
        if (!one.cascade && !script.is_about_new(at))
            hits.add(one, fmt::format("{}; all rows are lost; DELETE only the rows that are meant, in batches",
                                      tables_of(one)));
    });
}

void check_cascade(const Script& script, const Scripts&, Hits& hits) {
    each_statement(script, Verb::truncate, [&](const Statement& one, std::size_t) {
        if (one.cascade)
            hits.add(one, fmt::format("{}; CASCADE empties all tables that refer to it, too; list the tables",
                                      tables_of(one)));
    });
}

}

std::string way_to_drop(const Script& script) {
    return script.marks.phase == "contract"
               ? "run it when no release asks for it any more, as phase contract does, after a backup"
               : "drop it after that release: -- fairlead: phase contract";
}

std::span<const Rule> drop_rules() {
    static const std::vector<Rule> rules = {
        {"mig-drop-column",
         "A column is dropped",
         Level::warning,
         check_column,
         "The running release may still ask for the column. In production, the level is error. The level stays "
         "warning if the mark `phase contract` says that the file runs after this release has stopped.",
         "-- fairlead: phase contract\nALTER TABLE t DROP COLUMN IF EXISTS c;",
         {"ban-drop-column"},
         Engines::all},
        {"mig-drop-table",
         "A table is dropped",
         Level::warning,
         check_table,
         "The running release may still ask for the table. In production, the level is error. The level stays "
         "warning if the mark `phase contract` says that the file runs after this release has stopped.",
         "Rename it, wait, then:\n-- fairlead: phase contract\nDROP TABLE IF EXISTS t;",
         {"ban-drop-table"},
         Engines::all},
        {"mig-drop-database",
         "A database is dropped",
         Level::error,
         check_database,
         "Only a backup brings it back.",
         "Do it by hand, after fairlead-backup run.",
         {"ban-drop-database"},
         Engines::all,
         true},
        {"mig-rename-table",
         "A table that is in use gets another name",
         Level::error,
         check_table_rename,
         "The running release asks for the old name.",
         "ALTER TABLE t RENAME TO u;\nCREATE VIEW t AS SELECT * FROM u;",
         {"renaming-table"},
         Engines::all},
        {"mig-truncate",
         "All rows of a table are deleted",
         Level::warning,
         check_truncate,
         "TRUNCATE holds ACCESS EXCLUSIVE, and no WHERE says which rows were meant.",
         "DELETE FROM t WHERE …; in batches",
         {},
         Engines::all},
        {"mig-truncate-cascade",
         "Tables that nobody named are emptied",
         Level::error,
         check_cascade,
         "CASCADE also empties every table with a foreign key to this table, then every table with a foreign key to "
         "one of these tables, and so on.",
         "TRUNCATE a, b, c;",
         {"ban-truncate-cascade"},
         Engines::all,
         true},
    };
    return rules;
}

}
