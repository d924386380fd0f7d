#include "migrate/lint/rules/groups.h"
#include <fmt/format.h>

// Indexes and partitions of tables in use.
namespace fairlead::migrate::lint {

namespace {

using Verb = Statement::Verb;

void check_create(const Script& script, const Scripts&, Hits& hits) {
    each_statement(script, Verb::create_index, [&](const Statement& one, std::size_t at) {
        if (!one.concurrently && !script.is_about_new(at))
            hits.add(one, fmt::format("index on {}; nobody can write to the table while it is built; CREATE INDEX "
                                      "CONCURRENTLY, with -- fairlead: no-transaction",
                                      table_of(one)));
    });
}

// Whether this script made the index on a table that is new, too.
bool is_of_new(const Script& script, std::size_t at, const Name& index) {
    for (std::size_t i = 0; i < at; ++i) {
        const Statement& one = script.statements[i];
        if (one.verb == Verb::create_index && one.name == index.name) return script.is_about_new(i);
    }
    return false;
}

void check_drop(const Script& script, const Scripts&, Hits& hits) {
    each_statement(script, Verb::drop, [&](const Statement& one, std::size_t at) {
        if (one.object != "index" || one.concurrently || one.tables.empty()) return;
        if (is_of_new(script, at, one.tables.front())) return;
        hits.add(one, fmt::format("index {}; everybody who uses its table waits while it is dropped; DROP INDEX "
                                  "CONCURRENTLY, with -- fairlead: no-transaction",
                                  table_of(one)));
    });
}

void check_reindex(const Script& script, const Scripts&, Hits& hits) {
    each_statement(script, Verb::reindex, [&](const Statement& one, std::size_t at) {
        if (one.concurrently || one.object == "system" || script.is_about_new(at)) return;
        hits.add(one,
                 fmt::format(
                     "reindex {}; nobody can write, and queries that could use the index wait; REINDEX {} CONCURRENTLY",
                     one.object, one.object == "index" ? "INDEX" : "TABLE"));
    });
}

void check_detach(const Script& script, const Scripts&, Hits& hits) {
    constexpr int has_concurrently = 14;
    if (script.postgres() < has_concurrently) return;
    each_change(script, Change::Kind::detach_partition, [&](const Statement& one, const Change& change, std::size_t) {
        if (!change.concurrently)
            hits.add(one, change.line,
                     fmt::format(
                         "partition {}; all queries of {} wait while it is detached; DETACH PARTITION {} CONCURRENTLY",
                         change.name, table_of(one), change.name));
    });
}

Name name_in(const std::string& full) {
    const auto dot = full.find('.');
    return dot == full.npos ? Name{"", full} : Name{full.substr(0, dot), full.substr(dot + 1)};
}

// A check on the partition that holds already, by this script's own words.
bool is_checked(const Script& script, std::size_t before, const Name& partition) {
    for (std::size_t i = 0; i < before; ++i) {
        const Statement& one = script.statements[i];
        if (one.tables.empty() || !is_same(one.tables.front(), partition)) continue;
        for (const Change& change : one.changes) {
            const bool adds = change.kind == Change::Kind::add_constraint && !change.constraint.not_valid &&
                              change.constraint.kind == Constraint::Kind::check;
            if (adds || change.kind == Change::Kind::validate_constraint) return true;
        }
    }
    return false;
}

void check_attach(const Script& script, const Scripts&, Hits& hits) {
    each_statement(script, Verb::alter_table, [&](const Statement& one, std::size_t at) {
        for (const Change& change : one.changes) {
            if (change.kind != Change::Kind::attach_partition) continue;
            const Name partition = name_in(change.name);
            if (script.is_new(at, partition) || is_checked(script, at, partition)) continue;
            hits.add(one, change.line,
                     fmt::format("partition {}; all of it is read under ACCESS EXCLUSIVE; first add a CHECK of its "
                                 "bounds NOT VALID and VALIDATE it",
                                 change.name));
        }
    });
}

}

std::span<const Rule> index_rules() {
    static const std::vector<Rule> rules = {
        {"mig-index-concurrently",
         "An index is built while nobody can write",
         Level::error,
         check_create,
         "CREATE INDEX holds a SHARE lock until the index is there. A table that the same file makes is exempt.",
         "-- fairlead: no-transaction\nCREATE INDEX CONCURRENTLY IF NOT EXISTS i ON t (c);",
         {"require-concurrent-index-creation"}},
        {"mig-index-drop-concurrently",
         "An index is dropped under ACCESS EXCLUSIVE",
         Level::warning,
         check_drop,
         "DROP INDEX locks readers out of the index's table, and first waits for the longest query on it.",
         "-- fairlead: no-transaction\nDROP INDEX CONCURRENTLY IF EXISTS i;",
         {"require-concurrent-index-deletion"}},
        {"mig-reindex-concurrently",
         "An index is rebuilt while nobody can write",
         Level::warning,
         check_reindex,
         "REINDEX locks out writers, and queries that could use the index.",
         "-- fairlead: no-transaction\nREINDEX INDEX CONCURRENTLY i;",
         {"require-concurrent-reindex"}},
        {"mig-detach-concurrently",
         "A partition is detached under ACCESS EXCLUSIVE",
         Level::warning,
         check_detach,
         "All queries of the partitioned table wait. PostgreSQL 14 and later can detach the partition without this "
         "lock on the table.",
         "-- fairlead: no-transaction\nALTER TABLE t DETACH PARTITION p CONCURRENTLY;",
         {"require-concurrent-partition-detach"}},
        {"mig-attach-no-check",
         "A partition is read as a whole when it is attached",
         Level::warning,
         check_attach,
         "ATTACH PARTITION reads the table under ACCESS EXCLUSIVE, unless a valid CHECK already proves that all rows "
         "are within the partition's bounds.",
         "ALTER TABLE p ADD CONSTRAINT c CHECK (…) NOT VALID;\nALTER TABLE p VALIDATE CONSTRAINT c;",
         {}},
    };
    return rules;
}

}
