#include "migrate/lint/rules/groups.h"
#include <algorithm>
#include <fmt/format.h>
#include <set>

// How long others wait.
namespace fairlead::migrate::lint {

namespace {

using Verb = Statement::Verb;
using sql::Lock;

bool is_strong(Lock lock) { return lock == Lock::access_exclusive || lock == Lock::share; }

// Statements that readers or writers of a table in use wait for.
bool holds_up(const Script& script, std::size_t at) {
    const Statement& one = script.statements[at];
    const bool locks_parent = one.is_partition && !one.parents.empty() &&
                              !script.is_new(at, one.parents.front()); // CREATE TABLE … PARTITION OF
    return is_strong(sql::lock_of(one, script.postgres())) && !script.is_about_new(at) &&
           (one.verb != Verb::create_table || locks_parent);
}

bool is_data(const Statement& one) {
    constexpr Verb verbs[] = {Verb::select, Verb::insert,  Verb::update, Verb::erase,    Verb::copy,
                              Verb::begin,  Verb::commit,  Verb::set,    Verb::rollback, Verb::savepoint,
                              Verb::block,  Verb::perform, Verb::unknown};
    return std::find(std::begin(verbs), std::end(verbs), one.verb) != std::end(verbs);
}

bool sets(const Script& script, std::size_t before, std::string_view setting) {
    return std::any_of(script.statements.begin(), script.statements.begin() + static_cast<std::ptrdiff_t>(before),
                       [&](const Statement& one) { return one.verb == Verb::set && one.name == setting; });
}

// Asked for by its name it is as strict as squawk's: each statement that isn't data, and both settings.
void check_lock_timeout(const Script& script, const Scripts&, Hits& hits) {
    const bool is_strict = script.is_asked_by_name("mig-lock-timeout");
    for (std::size_t at = 0; at < script.statements.size(); ++at) {
        const Statement& one = script.statements[at];
        if (!(holds_up(script, at) || (is_strict && !is_data(one) && !script.is_about_new(at)))) continue;
        const bool has_lock = script.options->has_lock_timeout || sets(script, at, "lock_timeout");
        const bool has_both =
            has_lock && (script.options->has_statement_timeout || sets(script, at, "statement_timeout"));
        if (has_lock && (!is_strict || has_both)) continue;
        const auto lock = sql::lock_of(one, script.postgres());
        const auto waits = lock == Lock::none || lock == Lock::unknown
                               ? std::string("waits for its locks")
                               : fmt::format("waits for {}", sql::name_of(lock));
        hits.add(
            one,
            fmt::format("{}; it {} without a limit, and all sessions that come later wait for it; first SET {} = '5s'",
                        one.kind, waits, has_lock ? "statement_timeout" : "lock_timeout"));
        return;
    }
}

bool is_long(const Statement& one) {
    const bool reads_all =
        std::any_of(one.changes.begin(), one.changes.end(), [](const Change& change) { return change.is_long; });
    return reads_all || (one.verb == Verb::create_index && !one.concurrently) ||
           (one.verb == Verb::reindex && !one.concurrently) || one.verb == Verb::cluster ||
           (one.verb == Verb::vacuum && one.full) || (one.verb == Verb::refresh && !one.concurrently);
}

void check_statement_timeout(const Script& script, const Scripts&, Hits& hits) {
    if (script.options->has_statement_timeout) return;
    for (std::size_t at = 0; at < script.statements.size(); ++at) {
        const Statement& one = script.statements[at];
        if (!holds_up(script, at) || !is_long(one)) continue;
        if (!sets(script, at, "statement_timeout"))
            hits.add(one, fmt::format("{}; the larger the table, the longer it holds its lock; SET statement_timeout "
                                      "to the time that other sessions can wait",
                                      one.kind));
        return;
    }
}

void check_rewrite(const Script& script, const Scripts&, Hits& hits) {
    constexpr std::string_view copied = "it is copied as a whole while nobody can read it; fill a new table in "
                                        "batches, then swap the names of the two tables";
    each_change(script, Change::Kind::rewrite, [&](const Statement& one, const Change& change, std::size_t) {
        hits.add(one, change.line, fmt::format("{} {}; {}", one.object, table_of(one), copied));
    });
    for (std::size_t at = 0; at < script.statements.size(); ++at) {
        const Statement& one = script.statements[at];
        if (one.verb == Verb::other && one.object == "tablespace") // ALTER TABLE ALL IN TABLESPACE … SET TABLESPACE
            hits.add(one, "everything in a tablespace; each table or index is copied as a whole while nobody can read "
                          "it; move them one by one: pg_repack --tablespace");
        const bool is_known = script.options->postgres > 0; // then mig-vacuum-full knows the way out
        const bool rewrites = one.verb == Verb::cluster || (one.verb == Verb::vacuum && one.full);
        if (rewrites && !is_known && !script.is_about_new(at))
            hits.add(one, fmt::format("{} {}; it is copied as a whole while nobody can read it; use pg_repack, or "
                                      "from PostgreSQL 19 on REPACK (CONCURRENTLY)",
                                      one.verb == Verb::cluster ? "cluster" : "vacuum full", table_of(one)));
    }
}

void check_many_locks(const Script& script, const Scripts&, Hits& hits) {
    constexpr std::size_t most = 3;
    std::map<int, std::set<Name>> tables;
    std::set<int> told;
    for (std::size_t at = 0; at < script.statements.size(); ++at) {
        const Statement& one = script.statements[at];
        const int transaction = script.transactions[at];
        if (transaction == 0 || sql::lock_of(one, script.postgres()) != Lock::access_exclusive ||
            one.verb == Verb::create_table)
            continue;
        for (const Name& table : one.tables)
            if (!script.is_new(at, table)) tables[transaction].insert(table);
        if (tables[transaction].size() > most && told.insert(transaction).second)
            hits.add(one, fmt::format("{}; with it the transaction holds {} tables under ACCESS EXCLUSIVE to its end; "
                                      "split it into several migrations",
                                      one.kind, tables[transaction].size()));
    }
}

void check_lock_table(const Script& script, const Scripts&, Hits& hits) {
    constexpr int exclusive = 7;
    each_statement(script, Verb::lock, [&](const Statement& one, std::size_t at) {
        if (one.lock_mode >= exclusive && !script.is_about_new(at))
            hits.add(one,
                     fmt::format("lock table {}; {} holds up all writers to the end of the transaction; take SHARE "
                                 "ROW EXCLUSIVE or weaker",
                                 table_of(one), one.lock_mode == exclusive ? "EXCLUSIVE" : "ACCESS EXCLUSIVE"));
    });
}

// What to write instead is another thing in each version, so it is told where that is known.
void check_vacuum_full(const Script& script, const Scripts&, Hits& hits) {
    if (script.options->postgres == 0) return;
    const auto tell = [&](const Statement& one, std::size_t at) {
        if (script.is_about_new(at) || (one.verb == Verb::vacuum && !one.full)) return;
        constexpr int has_repack = 19;
        hits.add(one, fmt::format("{}; it rewrites the table and holds up readers meanwhile; use {}",
                                  one.verb == Verb::vacuum ? "vacuum full" : "cluster",
                                  script.options->postgres >= has_repack ? "REPACK (CONCURRENTLY)" : "pg_repack"));
    };
    each_statement(script, Verb::vacuum, tell);
    each_statement(script, Verb::cluster, tell);
}

}

std::span<const Rule> lock_rules() {
    static const std::vector<Rule> rules = {
        {"mig-lock-timeout",
         "A statement waits for a lock without a limit",
         Level::warning,
         check_lock_timeout,
         "If a statement waits for ACCESS EXCLUSIVE until a long report ends, all later queries of the table wait, "
         "too. With --only mig-lock-timeout, the rule judges every statement that changes the schema, and also asks "
         "for a statement_timeout.",
         "SET lock_timeout = '5s';",
         {"require-timeout-settings", "require-lock-timeout"}},
        {"mig-statement-timeout",
         "Long work under a lock has no limit",
         Level::info,
         check_statement_timeout,
         "The larger the table, the longer it takes to build an index or read all rows, and the lock is held "
         "meanwhile.",
         "SET statement_timeout = '30s';",
         {"require-statement-timeout"}},
        {"mig-many-locks",
         "One transaction locks many tables",
         Level::warning,
         check_many_locks,
         "All these tables are locked until the transaction ends, and each further table makes a deadlock more "
         "probable.",
         "Split it into several migrations.",
         {}},
        {"mig-lock-table",
         "A table is locked by hand",
         Level::warning,
         check_lock_table,
         "Until the transaction ends, EXCLUSIVE lets nobody write, and ACCESS EXCLUSIVE lets nobody read or write.",
         "LOCK TABLE t IN SHARE ROW EXCLUSIVE MODE;",
         {}},
        {"mig-rewrite-table",
         "A table in use is copied as a whole",
         Level::error,
         check_rewrite,
         "SET LOGGED, UNLOGGED, TABLESPACE, ACCESS METHOD and EXPRESSION hold ACCESS EXCLUSIVE while they copy the "
         "table. VACUUM FULL and CLUSTER also hold this lock; if the server's version is known, mig-vacuum-full "
         "reports these two instead.",
         "CREATE TABLE t2 (LIKE t INCLUDING ALL) TABLESPACE fast;",
         {}},
        {"mig-vacuum-full",
         "A table in use is rewritten as a whole",
         Level::warning,
         check_vacuum_full,
         "VACUUM FULL and CLUSTER hold ACCESS EXCLUSIVE while they copy the table. The rule needs the server's version "
         "(--postgres, migrate.postgres), because the way out depends on the version.",
         "pg_repack; from PostgreSQL 19 on REPACK (CONCURRENTLY)",
         {"prefer-repack"}},
    };
    return rules;
}

}
