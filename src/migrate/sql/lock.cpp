#include "migrate/sql/lock.h"
#include <algorithm>

namespace fairlead::migrate::sql {

using Verb = Statement::Verb;

std::string_view name_of(Lock lock) {
    constexpr std::string_view names[] = {
        "",      "ACCESS SHARE",        "ROW SHARE", "ROW EXCLUSIVE",    "SHARE UPDATE EXCLUSIVE",
        "SHARE", "SHARE ROW EXCLUSIVE", "EXCLUSIVE", "ACCESS EXCLUSIVE", ""};
    return names[static_cast<std::size_t>(lock)];
}

namespace {

// Storage parameters that readers and writers needn't wait for (reloptions.c).
bool is_light(const std::string& option) {
    constexpr std::string_view light[] = {"fillfactor",        "toast_tuple_target",   "parallel_workers",
                                          "vacuum_truncate",   "vacuum_index_cleanup", "log_autovacuum_min_duration",
                                          "n_distinct",        "n_distinct_inherited", "effective_io_concurrency",
                                          "deduplicate_items", "fastupdate",           "gin_pending_list_limit",
                                          "autosummarize"};
    return option.starts_with("autovacuum_") || option.starts_with("toast.") ||
           std::find(std::begin(light), std::end(light), option) != std::end(light);
}

// Where a second table is locked, or the words of the command decide.
Lock lock_of(const Change& change) {
    using Kind = Change::Kind;
    switch (change.kind) {
    case Kind::detach_partition:
    case Kind::finish_detach: return Lock::access_exclusive; // the partition, though of the parent it may be less
    case Kind::set_options:
        return std::all_of(change.options.begin(), change.options.end(), is_light) ? change.lock
                                                                                   : Lock::access_exclusive;
    case Kind::add_constraint:
        return change.constraint.kind == Constraint::Kind::foreign_key ? Lock::share_row_exclusive : change.lock;
    default: return change.lock;
    }
}

Lock lock_of_alter(const Statement& statement) {
    if (statement.object == "type") return Lock::access_exclusive; // of tables made of it, too
    Lock strongest = Lock::none;
    for (const Change& change : statement.changes) strongest = std::max(strongest, lock_of(change));
    return strongest;
}

bool refers(const Statement& statement) {
    return std::any_of(statement.columns.begin(), statement.columns.end(),
                       [](const Column& column) { return column.references; }) ||
           std::any_of(statement.constraints.begin(), statement.constraints.end(),
                       [](const Constraint& one) { return one.kind == Constraint::Kind::foreign_key; });
}

Lock lock_of_create_table(const Statement& statement) {
    if (statement.is_partition) return Lock::access_exclusive; // the parent
    if (refers(statement)) return Lock::share_row_exclusive;   // the table that is referred to
    return statement.parents.empty() ? Lock::none : Lock::share_update_exclusive;
}

Lock lock_of_drop(const Statement& statement) {
    constexpr std::string_view of_tables[] = {"table",         "index",   "view", "matview", "sequence",
                                              "foreign_table", "trigger", "rule", "policy",  "extension"};
    const bool is_of_table =
        std::find(std::begin(of_tables), std::end(of_tables), statement.object) != std::end(of_tables);
    if (statement.concurrently) return Lock::share_update_exclusive;
    return is_of_table || statement.cascade ? Lock::access_exclusive : Lock::none;
}

Lock lock_of_rename(const Statement& statement) {
    constexpr std::string_view of_none[] = {"type",        "function",      "procedure",    "routine", "aggregate",
                                            "schema",      "database",      "role",         "domain",  "tablespace",
                                            "publication", "domconstraint", "statistic_ext"};
    if (statement.object == "index") return Lock::share_update_exclusive;
    return std::find(std::begin(of_none), std::end(of_none), statement.object) != std::end(of_none)
               ? Lock::none
               : Lock::access_exclusive;
}

bool is_of_relation(const std::string& object) {
    return object == "table" || object == "column" || object == "index" || object == "view" || object == "matview" ||
           object == "foreign_table" || object == "sequence";
}

}

Lock lock_of(const Statement& statement, int postgres) {
    switch (statement.verb) {
    case Verb::unknown:
    case Verb::block:
    case Verb::perform: return Lock::unknown;
    case Verb::alter_table: return lock_of_alter(statement);
    case Verb::create_table: return lock_of_create_table(statement);
    case Verb::create_index: return statement.concurrently ? Lock::share_update_exclusive : Lock::share;
    case Verb::create_view: return statement.or_replace ? Lock::access_exclusive : Lock::access_share;
    case Verb::drop: return lock_of_drop(statement);
    case Verb::rename: return lock_of_rename(statement);
    case Verb::set_schema: return is_of_relation(statement.object) ? Lock::access_exclusive : Lock::none;
    case Verb::truncate:
    case Verb::cluster:
    case Verb::create_rule:
    case Verb::policy: return Lock::access_exclusive;
    case Verb::reindex: // readers plan with each index of the table
        return statement.concurrently && postgres >= 12 ? Lock::share_update_exclusive : Lock::access_exclusive;
    case Verb::vacuum: return statement.full ? Lock::access_exclusive : Lock::share_update_exclusive;
    case Verb::refresh: return statement.concurrently ? Lock::exclusive : Lock::access_exclusive;
    case Verb::lock: return static_cast<Lock>(std::clamp(statement.lock_mode, 1, 8));
    case Verb::create_trigger:
    case Verb::alter_sequence: return Lock::share_row_exclusive;
    case Verb::constrain_domain: // of the tables that use it
        return statement.object != "domain" || (statement.has_constraint && !statement.not_valid) ? Lock::share
                                                                                                  : Lock::none;
    case Verb::comment: return is_of_relation(statement.object) ? Lock::share_update_exclusive : Lock::none;
    case Verb::insert:
    case Verb::update:
    case Verb::erase: return Lock::row_exclusive;
    case Verb::grant: return postgres >= 18 && statement.object == "table" ? Lock::access_share : Lock::none;
    case Verb::copy: return statement.from ? Lock::row_exclusive : Lock::access_share;
    case Verb::select: return statement.locks_rows ? Lock::row_share : Lock::access_share;
    default: return Lock::none;
    }
}

bool is_transactional(const Statement& statement, int postgres) {
    const bool detaches = std::any_of(statement.changes.begin(), statement.changes.end(), [](const Change& change) {
        return change.kind == Change::Kind::detach_partition && change.concurrently;
    });
    switch (statement.verb) {
    case Verb::create_index:
    case Verb::drop: return !statement.concurrently;
    case Verb::reindex: return !statement.concurrently && (statement.object == "table" || statement.object == "index");
    case Verb::vacuum: return statement.object == "analyze";
    case Verb::cluster: return !statement.tables.empty();
    case Verb::alter_table: return !detaches;
    case Verb::create_database:
    case Verb::drop_database:
    case Verb::alter_system:
    case Verb::tablespace: return false;
    case Verb::add_enum_value: return postgres >= 12;
    default: return true;
    }
}

}
