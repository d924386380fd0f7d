#pragma once
#include "migrate/sql/split.h"
#include "migrate/sql/tokens.h"
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// What a statement of PostgreSQL means, as far as anybody has to decide by it. Names are as the server folds them.
namespace fairlead::migrate::sql {

struct Name {
    std::string schema, name;
    bool operator==(const Name&) const = default;
    bool operator<(const Name& other) const { return name != other.name ? name < other.name : schema < other.schema; }
    std::string full() const { return schema.empty() ? name : schema + "." + name; }
};

// Modes of a table's lock in PostgreSQL, from the weakest on; their order is who waits for whom.
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
    unknown // of a statement that isn't understood, or that runs what nobody sees here
};

struct Column {
    enum class Default { none, fixed, unsure }; // unsure: another value for each row, or nobody knows
    std::string name;
    std::string type;           // "int4", "varchar", "bpchar", "serial", "my_enum": without pg_catalog
    std::vector<int> arguments; // of varchar(10), numeric(10, 2)
    bool is_array = false, not_null = false, primary_key = false, unique = false, references = false, check = false;
    bool stored = false;   // GENERATED ALWAYS AS (…) STORED
    bool identity = false; // GENERATED … AS IDENTITY
    Default has_default = Default::none;
    std::string refers_to; // of references: the table's full name
    int line = 0;
};
bool is_serial(const Column& column);

struct Constraint {
    enum class Kind { check, foreign_key, unique, primary_key, exclusion, not_null, other };
    Kind kind = Kind::other;
    std::string name;
    std::vector<std::string> columns;  // of a key
    std::vector<std::string> not_null; // of a check: columns that it says are not null
    Name refers_to;
    bool not_valid = false, using_index = false;
    int line = 0;
};

// One of the commands of ALTER TABLE.
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
        set_statistics, // and what takes a lock like it: CLUSTER ON, attribute options
        switch_trigger,
        rewrite,   // SET LOGGED, UNLOGGED, TABLESPACE, ACCESS METHOD, EXPRESSION
        inherit,   // and NO INHERIT
        show_rows, // row security is switched on, for its owner too
        drop_identity,
        other,
    };
    Kind kind = Kind::other;
    Lock lock = Lock::access_exclusive; // on the table itself, as the table of subcommands has it; see lock.h
    bool is_long = false;               // the lock is held as long as the table is big: all of it is read or copied
    std::string name;                   // of the column, constraint or partition
    Column column;
    Constraint constraint;
    std::vector<std::string> options;
    bool guarded = false; // IF [NOT] EXISTS
    bool concurrently = false;
    bool converts = false;    // change_type … USING
    bool lifts_guard = false; // all triggers, or row security, are switched off
    int line = 0;
};

// An UPDATE, wherever it stands in a statement: a CTE, what EXPLAIN runs.
struct Update {
    Name table;
    std::vector<std::string> columns; // that it sets
    bool has_where = false;           // one that asks the rows: WHERE true doesn't
};

struct Assignment {
    std::string column; // with its subscript or field: a[1]
    int line = 0;
};

struct Statement {
    enum class Verb {
        unknown, // to the parser of this build
        other,
        select,
        insert,
        update,
        erase,
        copy,
        alter_table, // and index, view, sequence, type, …: `object` says which
        rename,
        create_table, // and CREATE TABLE AS
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
    std::string kind; // "alter table", "create index"; of an unknown one, too
    std::string text;
    int line = 1, last_line = 1;
    std::string refusal;       // of an unknown one: what the parser said, and in which line
    bool is_too_large = false; // that is why it is unknown
    int refusal_line = 0;

    std::string object;       // of drop, rename, alter_table, reindex: "table", "column", "index", "schema"
    std::vector<Name> tables; // that it is about; of drop the objects
    std::string name;         // of what it makes: an index, type, function; of set: the setting; of rename: the old one
    std::string new_name;     // of rename
    std::vector<Column> columns;
    std::vector<Constraint> constraints;
    std::vector<Change> changes;
    std::vector<std::string> indexed; // columns of create_index, in order; "" for an expression
    std::vector<Assignment> assignments;
    std::vector<Update> updates;
    std::vector<std::string> inserted; // columns of INSERT
    std::vector<Name> parents;         // of CREATE TABLE … PARTITION OF, INHERITS
    int lock_mode = 0;                 // of lock: 1 (ACCESS SHARE) to 8 (ACCESS EXCLUSIVE)
    bool guarded = false, concurrently = false, cascade = false, temporary = false, drops_on_commit = false;
    bool has_where = false, full = false, is_partition = false, or_replace = false, is_unique = false, from = false;
    bool locks_rows = false, security_definer = false, sets_search_path = false, has_place = false,
         has_constraint = false;
    bool to_public = false, has_password = false, all_privileges = false, not_valid = false, local = false,
         is_view = false, no_data = false;
    bool erases_within = false; // rows of some table go: by MERGE, a CTE, what EXPLAIN runs
    std::vector<std::string> privileges;
};

int last_line_of(const Piece& piece);

// Of a piece that is no data. `file` is for the parser's own messages.
Statement understand(const Piece& piece);

// "create table", "alter materialized view", "begin": the first words that say what it does.
std::string kind_of(std::string_view text, Dialect dialect = Dialect::postgres);

}
