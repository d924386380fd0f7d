#include "migrate/lint/rules/groups.h"
#include <algorithm>
#include <fmt/format.h>

// Views, functions, types, schemas: what the release that serves asks for by name.
namespace fairlead::migrate::lint {

namespace {

using Verb = Statement::Verb;

// Of tables, columns and indexes other rules tell; nobody asks for the rest by its name.
bool has_askers(std::string_view object) {
    constexpr std::string_view others[] = {"table",         "column",        "index",        "trigger",
                                           "rule",          "policy",        "cast",         "default",
                                           "tabconstraint", "domconstraint", "statistic_ext"};
    return std::find(std::begin(others), std::end(others), object) == std::end(others);
}

void check_object_drop(const Script& script, const Scripts&, Hits& hits) {
    const auto tell = [&](const Statement& one, int line, const std::string& what) {
        hits.add(one, line, fmt::format("{}; the running release may still ask for it; {}", what, way_to_drop(script)));
    };
    each_statement(script, Verb::drop, [&](const Statement& one, std::size_t) {
        if (one.cascade || !has_askers(one.object)) return;
        for (const Name& name : one.tables)
            if (!is_made_here(script, name)) tell(one, 0, one.kind + " " + name.full());
    });
    each_statement(script, Verb::alter_table, [&](const Statement& one, std::size_t) {
        for (const Change& change : one.changes)
            if (one.object == "type" && change.kind == Change::Kind::drop_column)
                tell(one, change.line, fmt::format("attribute {}.{}", table_of(one), change.name));
    });
    for (const Statement& one : script.statements)
        if (one.kind == "drop owned" || one.kind == "drop subscription") tell(one, 0, one.kind);
}

void check_drop_cascade(const Script& script, const Scripts&, Hits& hits) {
    for (std::size_t at = 0; at < script.statements.size(); ++at) {
        const Statement& one = script.statements[at];
        const bool is_asked = one.verb == Verb::drop || one.verb == Verb::alter_table;
        if (is_asked && one.cascade && !script.is_about_new(at))
            hits.add(one, fmt::format("{} {}; CASCADE drops everything that depends on it, and the file doesn't name "
                                      "it; first drop these objects by their names, then drop it without CASCADE",
                                      one.kind, table_of(one)));
    }
}

void check_object_rename(const Script& script, const Scripts&, Hits& hits) {
    const auto tell = [&](const Statement& one, const std::string& what) {
        hits.add(one, fmt::format("{}; the running release asks for the old name; make an object with the new name "
                                  "next to it, and drop it after that release",
                                  what));
    };
    for (const Statement& one : script.statements) {
        const bool is_kept = !one.tables.empty() && is_made_here(script, one.tables.front());
        if (one.verb == Verb::rename && has_askers(one.object) && !is_kept)
            tell(one, fmt::format("{} {} to {}", one.kind, table_of(one), one.new_name));
        if (one.object == "enum_value") tell(one, fmt::format("value '{}' of a type", one.name));
    }
    each_statement(script, Verb::set_schema, [&](const Statement& one, std::size_t at) {
        if (!script.is_about_new(at)) tell(one, fmt::format("{} {} set schema", one.kind, table_of(one)));
    });
}

void check_refresh(const Script& script, const Scripts&, Hits& hits) {
    each_statement(script, Verb::refresh, [&](const Statement& one, std::size_t at) {
        if (!one.concurrently && !one.no_data && !script.is_about_new(at))
            hits.add(one, fmt::format("materialized view {}; nobody reads it while its query runs; REFRESH "
                                      "MATERIALIZED VIEW CONCURRENTLY, which needs a unique index",
                                      table_of(one)));
    });
}

}

std::span<const Rule> object_rules() {
    static const std::vector<Rule> rules = {
        {"mig-drop-object",
         "A view, function, type, sequence, schema or extension is dropped",
         Level::warning,
         check_object_drop,
         "The running release may still use the object. If the same file makes an object of that name again, nothing "
         "is reported.",
         "-- fairlead: phase contract\nDROP VIEW IF EXISTS v;",
         {"ban-drop-view", "ban-drop-function", "ban-drop-type", "ban-drop-sequence", "ban-drop-schema",
          "ban-drop-extension"}},
        {"mig-drop-cascade",
         "Objects that nobody named are dropped, too",
         Level::warning,
         check_drop_cascade,
         "CASCADE also drops the views, constraints, functions and columns that depend on the object. If the object is "
         "a schema, CASCADE drops everything in it.",
         "DROP VIEW v;\nDROP TABLE t;",
         {}},
        {"mig-rename-object",
         "A view, function, type, value or schema gets another name or place",
         Level::warning,
         check_object_rename,
         "The running release asks for the old name.",
         "CREATE VIEW new_name AS SELECT * FROM v;",
         {"renaming-object"}},
        {"mig-refresh-concurrently",
         "A materialized view is filled again under a lock",
         Level::warning,
         check_refresh,
         "Readers wait while the query of the view runs.",
         "REFRESH MATERIALIZED VIEW CONCURRENTLY v;",
         {}},
    };
    return rules;
}

}
