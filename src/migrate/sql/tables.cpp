#include "migrate/sql/reading.h"
#include "migrate/sql/tokens.h"
#include "sys/data/json.h"
#include <algorithm>

namespace fairlead::migrate::sql {

using sys::Json;

namespace {

// What ALTER TABLE's commands do, as tablecmds.c has it (AlterTableGetLockLevel and the phases behind it). Each is
// tried on a server: tests/cli/migrate_locks.py. One that isn't here takes the strongest lock for a moment.
struct Subcommand {
    std::string_view name;
    Change::Kind kind;
    Lock lock;            // on the table itself
    bool is_long = false; // reads or copies all of it
    bool lifts = false;   // what guarded rows guards them no more
};
constexpr Lock lock_weak = Lock::share_update_exclusive, lock_writers = Lock::share_row_exclusive,
               lock_all = Lock::access_exclusive;
constexpr Subcommand subcommands[] = {
    {"AT_AddColumn", Change::Kind::add_column, lock_all},
    {"AT_DropColumn", Change::Kind::drop_column, lock_all},
    {"AT_SetNotNull", Change::Kind::set_not_null, lock_all, true},
    {"AT_DropNotNull", Change::Kind::drop_not_null, lock_all},
    {"AT_ColumnDefault", Change::Kind::set_default, lock_all},
    {"AT_AlterColumnType", Change::Kind::change_type, lock_all, true},
    {"AT_SetExpression", Change::Kind::rewrite, lock_all, true},
    {"AT_SetLogged", Change::Kind::rewrite, lock_all, true},
    {"AT_SetUnLogged", Change::Kind::rewrite, lock_all, true},
    {"AT_SetTableSpace", Change::Kind::rewrite, lock_all, true},
    {"AT_SetAccessMethod", Change::Kind::rewrite, lock_all, true},
    {"AT_AddConstraint", Change::Kind::add_constraint, lock_all, true},
    {"AT_ValidateConstraint", Change::Kind::validate_constraint, lock_weak, true},
    {"AT_DropConstraint", Change::Kind::drop_constraint, lock_all},
    {"AT_AttachPartition", Change::Kind::attach_partition, lock_all, true},
    {"AT_DetachPartition", Change::Kind::detach_partition, lock_all},
    {"AT_DetachPartitionFinalize", Change::Kind::finish_detach, lock_weak},
    {"AT_AddInherit", Change::Kind::inherit, lock_all},
    {"AT_DropInherit", Change::Kind::inherit, lock_all},
    {"AT_DropIdentity", Change::Kind::drop_identity, lock_all},
    {"AT_SetRelOptions", Change::Kind::set_options, lock_weak},
    {"AT_ResetRelOptions", Change::Kind::set_options, lock_weak},
    {"AT_SetStatistics", Change::Kind::set_statistics, lock_weak},
    {"AT_SetOptions", Change::Kind::set_statistics, lock_weak},
    {"AT_ResetOptions", Change::Kind::set_statistics, lock_weak},
    {"AT_ClusterOn", Change::Kind::set_statistics, lock_weak},
    {"AT_DropCluster", Change::Kind::set_statistics, lock_weak},
    {"AT_EnableTrig", Change::Kind::switch_trigger, lock_writers},
    {"AT_EnableAlwaysTrig", Change::Kind::switch_trigger, lock_writers},
    {"AT_EnableReplicaTrig", Change::Kind::switch_trigger, lock_writers},
    {"AT_EnableTrigAll", Change::Kind::switch_trigger, lock_writers},
    {"AT_EnableTrigUser", Change::Kind::switch_trigger, lock_writers},
    {"AT_DisableTrig", Change::Kind::switch_trigger, lock_writers},
    {"AT_DisableTrigAll", Change::Kind::switch_trigger, lock_writers, false, true},
    {"AT_DisableTrigUser", Change::Kind::switch_trigger, lock_writers, false, true},
    {"AT_EnableRowSecurity", Change::Kind::show_rows, lock_all},
    {"AT_ForceRowSecurity", Change::Kind::show_rows, lock_all},
    {"AT_DisableRowSecurity", Change::Kind::other, lock_all, false, true},
    {"AT_NoForceRowSecurity", Change::Kind::other, lock_all, false, true},
};

Change change_of(const Json& command, const Lines& lines) {
    Change change;
    const std::string subtype = word(command, "subtype");
    for (const Subcommand& row : subcommands) {
        if (row.name != subtype) continue;
        change.kind = row.kind;
        change.lock = row.lock;
        change.is_long = row.is_long;
        change.lifts_guard = row.lifts;
    }
    change.name = word(command, "name");
    change.guarded = flag(command, "missing_ok");
    const Json& definition = part(command, "def");
    if (change.kind == Change::Kind::set_default && definition.is_null()) change.kind = Change::Kind::drop_default;
    if (const Json& column = part(definition, "ColumnDef"); column.is_object()) {
        change.column = column_of(column, lines);
        if (change.kind == Change::Kind::add_column) change.name = change.column.name;
        change.converts = !part(column, "raw_default").is_null();
    }
    if (const Json& constraint = part(definition, "Constraint"); constraint.is_object()) {
        change.constraint = constraint_of(constraint, lines);
        change.name = change.constraint.name;
        change.is_long = change.is_long && !change.constraint.not_valid && !change.constraint.using_index;
    }
    if (const Json& partition = part(definition, "PartitionCmd"); partition.is_object()) {
        change.name = relation(part(partition, "name")).full();
        change.concurrently = flag(partition, "concurrent");
    }
    if (const Json& options = part(part(definition, "List"), "items"); options.is_array())
        for (const Json& option : options) change.options.push_back(word(part(option, "DefElem"), "defname"));
    return change;
}

// The first lines of ALTER TABLE's commands, which commas part.
std::vector<int> lines_of_commands(const Statement& statement, std::size_t table) {
    Scanner scanner(statement.text, Dialect::postgres, statement.line);
    std::vector<int> all;
    int depth = 0;
    bool is_due = false, is_name = true;
    for (Token token = scanner.next(); token.kind != Token::Kind::end; token = scanner.next()) {
        if (token.kind == Token::Kind::comment || token.begin < table) continue;
        if (is_name) { // [schema.]table [*], then the first command
            const bool goes_on =
                token.begin == table || token.is('.') || token.is('*') || statement.text[token.begin - 1] == '.';
            if (goes_on) continue;
            is_name = false;
            is_due = true;
        }
        if (is_due) all.push_back(token.line);
        is_due = false;
        if (token.is('(') || token.is('[')) ++depth;
        if (token.is(')') || token.is(']')) --depth;
        is_due = depth == 0 && token.is(',');
    }
    return all;
}

}

void read_alter_table(Reading& reading) {
    Statement& statement = reading.into;
    statement.object = object_of(word(reading.tree, "objtype"));
    statement.guarded = flag(reading.tree, "missing_ok");
    reading.about("relation");
    for (const Json& node : part(reading.tree, "cmds")) {
        const Json& command = part(node, "AlterTableCmd");
        statement.changes.push_back(change_of(command, reading.lines));
        statement.cascade = statement.cascade || word(command, "behavior") == "DROP_CASCADE";
    }
    const Json& at = part(part(reading.tree, "relation"), "location");
    const auto lines = lines_of_commands(statement, at.is_number_integer() ? at.get<std::size_t>() : 0);
    for (std::size_t i = 0; i < statement.changes.size(); ++i)
        statement.changes[i].line = i < lines.size() ? lines[i] : statement.line;
}

void read_create_table(Reading& reading) {
    Statement& statement = reading.into;
    reading.about("relation");
    statement.temporary = word(part(reading.tree, "relation"), "relpersistence") == "t";
    statement.drops_on_commit = word(reading.tree, "oncommit") == "ONCOMMIT_DROP";
    statement.guarded = flag(reading.tree, "if_not_exists");
    statement.is_partition = !part(reading.tree, "partbound").is_null();
    if (const Json& parents = part(reading.tree, "inhRelations"); parents.is_array())
        for (const Json& node : parents) statement.parents.push_back(relation(part(node, "RangeVar")));
    if (!part(reading.tree, "tableElts").is_array()) return;
    for (const Json& node : part(reading.tree, "tableElts")) {
        if (const Json& column = part(node, "ColumnDef"); column.is_object())
            statement.columns.push_back(column_of(column, reading.lines));
        if (const Json& constraint = part(node, "Constraint"); constraint.is_object())
            statement.constraints.push_back(constraint_of(constraint, reading.lines));
    }
}

void read_foreign_table(Reading& reading) {
    const Json& base = part(reading.tree, "base");
    Reading below{base.is_null() ? part(reading.tree, "base_stmt") : base, reading.lines, reading.into};
    read_create_table(below);
}

void read_create_table_as(Reading& reading) {
    const Json& into = part(reading.tree, "into");
    reading.into.tables.push_back(relation(part(into, "rel")));
    reading.into.temporary = word(part(into, "rel"), "relpersistence") == "t";
    reading.into.drops_on_commit = word(into, "onCommit") == "ONCOMMIT_DROP";
    reading.into.guarded = flag(reading.tree, "if_not_exists");
    reading.into.is_view = word(reading.tree, "objtype") == "OBJECT_MATVIEW";
}

void read_create_index(Reading& reading) {
    Statement& statement = reading.into;
    reading.about("relation");
    statement.name = word(reading.tree, "idxname");
    statement.guarded = flag(reading.tree, "if_not_exists");
    statement.concurrently = flag(reading.tree, "concurrent");
    statement.is_unique = flag(reading.tree, "unique");
    for (const Json& node : part(reading.tree, "indexParams"))
        statement.indexed.push_back(word(part(node, "IndexElem"), "name"));
}

void read_view(Reading& reading) {
    reading.about("view");
    reading.into.or_replace = flag(reading.tree, "replace");
}

void read_drop(Reading& reading) {
    Statement& statement = reading.into;
    statement.object = object_of(word(reading.tree, "removeType"));
    statement.guarded = flag(reading.tree, "missing_ok");
    statement.concurrently = flag(reading.tree, "concurrent");
    statement.cascade = word(reading.tree, "behavior") == "DROP_CASCADE";
    for (const Json& node : part(reading.tree, "objects")) statement.tables.push_back(object_in(node));
}

void read_rename(Reading& reading) {
    Statement& statement = reading.into;
    statement.object = object_of(word(reading.tree, "renameType"));
    statement.guarded = flag(reading.tree, "missing_ok");
    statement.name = word(reading.tree, "subname");
    statement.new_name = word(reading.tree, "newname");
    statement.is_view = word(reading.tree, "relationType").find("VIEW") != std::string::npos;
    reading.about("relation");
    if (const Json& object = part(reading.tree, "object"); statement.tables.empty() && object.is_object())
        statement.tables.push_back(object_in(object));
}

}
