#pragma once
#include "migrate/sql/split.h"
#include "migrate/sql/tokens.h"
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// The meaning of a PostgreSQL statement, as far as our decisions need it. Names are folded as the server folds them.
namespace fairlead::migrate::sql {

struct Name {
    std::string schema, name;
    bool operator==(const Name&) const = default;
    bool operator<(const Name& other) const { return name != other.name ? name < other.name : schema < other.schema; }
    std::string full() const { return schema.empty() ? name : schema + "." + name; }
};

// Lock modes of a table in PostgreSQL, from the weakest to the strongest.
enum class Lock {
    none,
    access_share,
    row_share,
    row_exclusive,
    share_update_exclusive,
    share,
    share_row_exclusive,
    exclusive,
    access_exclusive,
    unknown // for a statement that we don't understand, or that runs code that isn't visible here
};

struct Column {
    enum class Default { none, fixed, unsure }; // unsure: a different value for each row, or not known
    std::string name;
    std::string type;           // "int4", "varchar", "bpchar", "serial", "my_enum": without pg_catalog
    std::vector<int> arguments; // of varchar(10), numeric(10, 2)
    bool is_array = false, not_null = false, primary_key = false, unique = false, references = false, check = false;
    bool stored = false;   // GENERATED ALWAYS AS (…) STORED
    bool identity = false; // GENERATED … AS IDENTITY
    Default has_default = Default::none;
    std::string refers_to; // if `references`: the referenced table's full name
    int line = 0;
};
bool is_serial(const Column& column);

struct Constraint {
    enum class Kind { check, foreign_key, unique, primary_key, exclusion, not_null, other };
    Kind kind = Kind::other;
    std::string name;
    std::vector<std::string> columns;  // of a key
    std::vector<std::string> not_null; // of a check: columns that it requires to be not null
    Name refers_to;
    bool not_valid = false, using_index = false;
    int line = 0;
};

// One command of ALTER TABLE.
struct Change {
    enum class Kind {
        add_column,
        drop_column,
        set_not_null,
        drop_not_null,
        set_default,
        drop_default,
        change_type,
        add_constraint,
        validate_constraint,
        drop_constraint,
        attach_partition,
        detach_partition,
        finish_detach,
        set_options,
        set_statistics, // also commands with the same lock: CLUSTER ON, attribute options
        switch_trigger,
        rewrite,   // SET LOGGED, UNLOGGED, TABLESPACE, ACCESS METHOD, EXPRESSION
        inherit,   // also NO INHERIT
        show_rows, // row security is switched on, for its owner too
        drop_identity,
        other,
    };
    Kind kind = Kind::other;
    Lock lock = Lock::access_exclusive; // on the table itself; see lock.h
    bool is_long = false; // the lock lasts longer for a bigger table, because the whole table is read or copied
    std::string name;     // of the column, constraint or partition
    Column column;
    Constraint constraint;
    std::vector<std::string> options;
    bool guarded = false; // IF [NOT] EXISTS
    bool concurrently = false;
    bool converts = false;    // change_type … USING
    bool lifts_guard = false; // all triggers, or row security, are switched off
    int line = 0;
};

// An UPDATE or a DELETE anywhere in a statement: also in a CTE or after EXPLAIN.
struct Update {
    Name table;
    std::vector<std::string> columns; // the columns that it sets
    bool has_where = false;           // its WHERE selects only some rows, unlike WHERE true or id = 1 OR 1 = 1
    // has_where is only correct if one of these columns may be NULL; empty: it is correct in any case
    std::vector<std::string> unless_null = {};
    bool erases = false; // a DELETE, which has no columns
};

struct Assignment {
    std::string column; // with its subscript or field: a[1]
    int line = 0;
};

struct Statement {
    enum class Verb {
        unknown, // this build's parser can't parse it
        other,
        select,
        insert,
        update,
        erase,
        copy,
        alter_table, // also index, view, sequence, type, …: `object` says which
        rename,
        create_table, // also CREATE TABLE AS
        create_index,
        create_view,
        drop,
        truncate,
        reindex,
        vacuum,
        cluster,
        refresh,
        lock,
        begin,
        commit,
        rollback,
        savepoint,
        set,
        add_enum_value,
        create_domain,
        constrain_domain,
        create_function,
        create_trigger,
        create_rule,
        policy,
        comment,
        grant,
        role,
        create_extension,
        create_database,
        drop_database,
        alter_system,
        tablespace,
        alter_sequence,
        set_schema,
        block,  // DO
        perform // CALL, EXECUTE, EXPLAIN
    };
    Verb verb = Verb::unknown;
    std::string kind; // "alter table", "create index"; also set if the verb is unknown
    std::string text;
    int line = 1, last_line = 1;
    std::string refusal;       // if the verb is unknown: the parser's message, with its line
    bool is_too_large = false; // the verb is unknown because the statement is too large
    int refusal_line = 0;

    std::string object;       // for drop, rename, alter_table, reindex: "table", "column", "index", "schema"
    std::vector<Name> tables; // its tables; for drop the dropped objects
    std::string name;         // of the created index, type or function; for set: the setting; for rename: the old name
    std::string new_name;     // for rename
    std::vector<Column> columns;
    std::vector<Constraint> constraints;
    std::vector<Change> changes;
    std::vector<std::string> indexed; // for create_index: its columns, in order; "" for an expression
    std::vector<Assignment> assignments;
    std::vector<Update> updates;
    std::vector<std::string> inserted; // columns of INSERT
    std::vector<Name> parents;         // of CREATE TABLE … PARTITION OF, INHERITS
    int lock_mode = 0;                 // for lock: 1 (ACCESS SHARE) to 8 (ACCESS EXCLUSIVE)
    bool guarded = false, concurrently = false, cascade = false, temporary = false, drops_on_commit = false;
    std::vector<std::string> unless_null; // for erase: see Update::unless_null
    bool has_where = false, full = false, is_partition = false, or_replace = false, is_unique = false, from = false;
    bool locks_rows = false, security_definer = false, sets_search_path = false, has_place = false,
         has_constraint = false;
    bool to_public = false, has_password = false, all_privileges = false, not_valid = false, local = false,
         is_view = false, no_data = false;
    bool erases_within = false; // deletes rows of a table by MERGE, in a CTE, or after EXPLAIN
    std::vector<std::string> privileges;
};

int last_line_of(const Piece& piece);

// Parses a piece that is not data. For another engine's statement, PostgreSQL's grammar is used as far as it fits.
Statement understand(const Piece& piece, Dialect dialect = Dialect::postgres);

// Clears has_where of UPDATEs and DELETE if no column in `unless_null` can be NULL.
void settle(Statement& statement, const std::function<bool(const Name& table, const std::string& column)>& never_null);

// "create table", "alter materialized view", "begin": the first words, which name the kind of statement.
std::string kind_of(std::string_view text, Dialect dialect = Dialect::postgres);

}
