#include "migrate/sql/statement.h"
#include "migrate/sql/few_literals.h"
#include "migrate/sql/older.h"
#include "migrate/sql/reading.h"
#include "migrate/sql/sqlite_words.h"
#include "sys/data/json.h"
#include "sys/data/sql.h"
#include <algorithm>

namespace fairlead::migrate::sql {

using sys::Json;
using Verb = Statement::Verb;

void Reading::about(const char* key) {
    if (const Json& range = part(tree, key); range.is_object()) into.tables.push_back(relation(range));
}

void Reading::about_each(const char* key) {
    if (!part(tree, key).is_array()) return;
    for (const Json& node : part(tree, key)) {
        const Json& vacuumed = part(part(node, "VacuumRelation"), "relation");
        into.tables.push_back(relation(vacuumed.is_object() ? vacuumed : part(node, "RangeVar")));
    }
}

std::string object_of(const std::string& name) {
    constexpr std::string_view prefix = "OBJECT_";
    return lower_case(std::string_view(name).substr(name.starts_with(prefix) ? prefix.size() : 0));
}

namespace {

void read_truncate(Reading& reading) {
    reading.about_each("relations");
    reading.into.cascade = word(reading.tree, "behavior") == "DROP_CASCADE";
}

void read_reindex(Reading& reading) {
    constexpr std::string_view prefix = "REINDEX_OBJECT_";
    const std::string kind = word(reading.tree, "kind");
    reading.into.object = kind.starts_with(prefix) ? lower_case(kind.substr(prefix.size())) : kind;
    reading.into.concurrently = is_on(part(reading.tree, "params"), "concurrently");
    reading.about("relation");
}

void read_vacuum(Reading& reading) {
    reading.into.full = is_on(part(reading.tree, "options"), "full");
    reading.into.object = flag(reading.tree, "is_vacuumcmd") ? "vacuum" : "analyze";
    reading.about_each("rels");
}

void read_relation(Reading& reading) { reading.about("relation"); }

void read_refresh(Reading& reading) {
    reading.about("relation");
    reading.into.concurrently = flag(reading.tree, "concurrent");
    reading.into.no_data = flag(reading.tree, "skipData");
}

void read_lock(Reading& reading) {
    reading.about_each("relations");
    const Json& mode = part(reading.tree, "mode");
    reading.into.lock_mode = mode.is_number_integer() ? mode.get<int>() : 0;
}

void read_transaction(Reading& reading) {
    const std::string kind = word(reading.tree, "kind");
    reading.into.verb =
        kind == "TRANS_STMT_BEGIN" || kind == "TRANS_STMT_START" ? Verb::begin
        : kind == "TRANS_STMT_COMMIT"                            ? Verb::commit
        : kind == "TRANS_STMT_ROLLBACK"                          ? Verb::rollback
        : kind.find("SAVEPOINT") != kind.npos || kind.ends_with("ROLLBACK_TO") || kind.ends_with("RELEASE")
            ? Verb::savepoint
            : Verb::other;
}

void read_set(Reading& reading) {
    reading.into.name = lower_case(word(reading.tree, "name"));
    reading.into.local = flag(reading.tree, "is_local");
}

void read_enum(Reading& reading) {
    if (!word(reading.tree, "oldVal").empty()) { // RENAME VALUE
        reading.into.verb = Verb::other;
        reading.into.object = "enum_value";
        reading.into.name = word(reading.tree, "oldVal");
        return;
    }
    reading.into.name = word(reading.tree, "newVal");
    reading.into.has_place = !word(reading.tree, "newValNeighbor").empty();
    reading.into.guarded = flag(reading.tree, "skipIfNewValExists");
}

void read_create_domain(Reading& reading) {
    reading.into.name = qualified(strings_in(part(reading.tree, "domainname"))).full();
    reading.into.has_constraint = !part(reading.tree, "constraints").is_null();
    if (reading.into.has_constraint) // a default and a collation are none
        reading.into.has_constraint = std::any_of(
            part(reading.tree, "constraints").begin(), part(reading.tree, "constraints").end(), [](const Json& node) {
                const std::string kind = word(part(node, "Constraint"), "contype");
                return kind == "CONSTR_CHECK" || kind == "CONSTR_NOTNULL";
            });
}

void read_alter_domain(Reading& reading) {
    const std::string kind = word(reading.tree, "subtype"); // C: ADD CONSTRAINT, V: VALIDATE, O: SET NOT NULL
    reading.into.has_constraint = kind == "C";
    reading.into.object = kind == "V" ? "validation" : kind == "O" ? "not_null" : "domain";
    reading.into.not_valid = flag(part(part(reading.tree, "def"), "Constraint"), "skip_validation");
}

void read_select(Reading& reading) { reading.into.locks_rows = !part(reading.tree, "lockingClause").is_null(); }

void read_copy(Reading& reading) {
    reading.about("relation");
    reading.into.from = flag(reading.tree, "is_from");
    if (flag(reading.tree, "is_program"))
        reading.into.object = "program";
    else if (!word(reading.tree, "filename").empty())
        reading.into.object = "file";
}

void read_function(Reading& reading, const char* options) {
    if (!part(reading.tree, options).is_array()) return;
    for (const Json& node : part(reading.tree, options)) {
        const Json& option = part(node, "DefElem");
        const std::string name = word(option, "defname");
        if (name == "security") {
            const Json& value = part(option, "arg");
            reading.into.security_definer =
                flag(part(value, "Boolean"), "boolval") || part(part(value, "Integer"), "ival") == 1;
        }
        if (name == "set") {
            const std::string setting = word(part(part(option, "arg"), "VariableSetStmt"), "name");
            reading.into.sets_search_path = reading.into.sets_search_path || lower_case(setting) == "search_path";
        }
    }
}
void read_create_function(Reading& reading) {
    reading.into.name = qualified(strings_in(part(reading.tree, "funcname"))).full();
    reading.into.or_replace = flag(reading.tree, "replace");
    read_function(reading, "options");
}
void read_alter_function(Reading& reading) {
    const Json& routine = part(reading.tree, "func");
    reading.into.name = qualified(strings_in(part(routine, "objname"))).full();
    read_function(reading, "actions");
}

void read_trigger(Reading& reading) {
    reading.about("relation");
    reading.into.name = word(reading.tree, "trigname");
    reading.into.or_replace = flag(reading.tree, "replace");
}

void read_policy(Reading& reading) {
    reading.about("table");
    reading.into.name = word(reading.tree, "policy_name");
}

void read_comment(Reading& reading) { reading.into.object = object_of(word(reading.tree, "objtype")); }

void read_grant(Reading& reading) {
    Statement& statement = reading.into;
    statement.is_partition = false;
    statement.object = object_of(word(reading.tree, "objtype"));
    statement.from = !flag(reading.tree, "is_grant"); // REVOKE
    const Json& privileges = part(reading.tree, "privileges");
    statement.all_privileges = privileges.is_null();
    if (privileges.is_array())
        for (const Json& node : privileges)
            statement.privileges.push_back(lower_case(word(part(node, "AccessPriv"), "priv_name")));
    if (part(reading.tree, "grantees").is_array())
        for (const Json& node : part(reading.tree, "grantees"))
            statement.to_public = statement.to_public || word(part(node, "RoleSpec"), "roletype") == "ROLESPEC_PUBLIC";
    if (part(reading.tree, "objects").is_array())
        for (const Json& node : part(reading.tree, "objects"))
            statement.tables.push_back(node.contains("RangeVar") ? relation(part(node, "RangeVar")) : object_in(node));
}

void read_role(Reading& reading) {
    if (!part(reading.tree, "options").is_array()) return;
    for (const Json& node : part(reading.tree, "options")) {
        const Json& option = part(node, "DefElem");
        const bool is_password = word(option, "defname").find("password") != std::string::npos;
        reading.into.has_password =
            reading.into.has_password || (is_password && !string_in(part(option, "arg")).empty());
    }
}

void read_extension(Reading& reading) {
    reading.into.name = word(reading.tree, "extname");
    reading.into.guarded = flag(reading.tree, "if_not_exists");
}

void read_set_schema(Reading& reading) {
    reading.into.object = object_of(word(reading.tree, "objectType"));
    reading.about("relation");
}

void read_sequence(Reading& reading) { reading.about("sequence"); }

void read_type(Reading& reading) {
    reading.into.object = "type";
    const Json& names = part(reading.tree, "typeName");
    reading.into.name =
        names.is_array() ? qualified(strings_in(names)).full() : relation(part(reading.tree, "typevar")).full();
}

void read_schema(Reading& reading) {
    reading.into.object = "schema";
    reading.into.name = word(reading.tree, "schemaname");
    reading.into.guarded = flag(reading.tree, "if_not_exists");
}

void read_move_all(Reading& reading) { reading.into.object = "tablespace"; }

void read_nothing(Reading&) {}

// What is run with it; the body of a rule or function only later.
bool holds_erasing(const Json& tree) {
    if (!tree.is_structured()) return false;
    if (tree.is_object() && (tree.contains("DeleteStmt") || word(tree, "commandType") == "CMD_DELETE")) return true;
    return std::any_of(tree.begin(), tree.end(), [](const Json& below) { return holds_erasing(below); });
}

struct Row {
    std::string_view tree;
    Verb verb;
    void (*read)(Reading&);
};
constexpr Row rows[] = {
    {"AlterTableStmt", Verb::alter_table, read_alter_table},
    {"AlterTableMoveAllStmt", Verb::other, read_move_all},
    {"CreateStmt", Verb::create_table, read_create_table},
    {"CreateForeignTableStmt", Verb::create_table, read_foreign_table},
    {"CreateTableAsStmt", Verb::create_table, read_create_table_as},
    {"IndexStmt", Verb::create_index, read_create_index},
    {"ViewStmt", Verb::create_view, read_view},
    {"DropStmt", Verb::drop, read_drop},
    {"RenameStmt", Verb::rename, read_rename},
    {"TruncateStmt", Verb::truncate, read_truncate},
    {"ReindexStmt", Verb::reindex, read_reindex},
    {"VacuumStmt", Verb::vacuum, read_vacuum},
    {"ClusterStmt", Verb::cluster, read_relation},
    {"RefreshMatViewStmt", Verb::refresh, read_refresh},
    {"LockStmt", Verb::lock, read_lock},
    {"TransactionStmt", Verb::other, read_transaction},
    {"VariableSetStmt", Verb::set, read_set},
    {"AlterEnumStmt", Verb::add_enum_value, read_enum},
    {"CreateDomainStmt", Verb::create_domain, read_create_domain},
    {"AlterDomainStmt", Verb::constrain_domain, read_alter_domain},
    {"UpdateStmt", Verb::update, read_update},
    {"DeleteStmt", Verb::erase, read_delete},
    {"InsertStmt", Verb::insert, read_relation},
    {"MergeStmt", Verb::update, read_merge},
    {"SelectStmt", Verb::select, read_select},
    {"CopyStmt", Verb::copy, read_copy},
    {"CreateFunctionStmt", Verb::create_function, read_create_function},
    {"AlterFunctionStmt", Verb::create_function, read_alter_function},
    {"CreateTrigStmt", Verb::create_trigger, read_trigger},
    {"RuleStmt", Verb::create_rule, read_relation},
    {"CreatePolicyStmt", Verb::policy, read_policy},
    {"AlterPolicyStmt", Verb::policy, read_policy},
    {"CommentStmt", Verb::comment, read_comment},
    {"SecLabelStmt", Verb::comment, read_comment},
    {"GrantStmt", Verb::grant, read_grant},
    {"GrantRoleStmt", Verb::role, read_nothing},
    {"CreateRoleStmt", Verb::role, read_role},
    {"AlterRoleStmt", Verb::role, read_role},
    {"CreateUserMappingStmt", Verb::role, read_role},
    {"AlterUserMappingStmt", Verb::role, read_role},
    {"CreateExtensionStmt", Verb::create_extension, read_extension},
    {"CreatedbStmt", Verb::create_database, read_nothing},
    {"DropdbStmt", Verb::drop_database, read_nothing},
    {"AlterSystemStmt", Verb::alter_system, read_nothing},
    {"CreateTableSpaceStmt", Verb::tablespace, read_nothing},
    {"DropTableSpaceStmt", Verb::tablespace, read_nothing},
    {"AlterSeqStmt", Verb::alter_sequence, read_sequence},
    {"AlterObjectSchemaStmt", Verb::set_schema, read_set_schema},
    {"DoStmt", Verb::block, read_nothing},
    {"CallStmt", Verb::perform, read_nothing},
    {"ExecuteStmt", Verb::perform, read_nothing},
    {"ExplainStmt", Verb::perform, read_nothing},
    {"CreateEnumStmt", Verb::other, read_type},
    {"CompositeTypeStmt", Verb::other, read_type},
    {"CreateRangeStmt", Verb::other, read_type},
    {"CreateSchemaStmt", Verb::other, read_schema},
    {"CreateSeqStmt", Verb::other, read_sequence},
};

// What the grammar of PostgreSQL refuses for another engine's words: which rows it changes is known all the same, and
// it stays a statement of which nothing else is.
void read_other_words(const std::string& text, Dialect dialect, Statement& statement) {
    const auto parsed = sys::parse_sql(in_postgres_words(text, dialect), "");
    if (parsed.ok() && parsed.value().is_object() && parsed.value().contains("DeleteStmt")) {
        const Lines lines = [&](std::size_t) { return statement.line; };
        Reading reading{parsed.value()["DeleteStmt"], lines, statement};
        statement.verb = Verb::erase;
        read_delete(reading);
    }
    if (parsed.ok())
        add_updates(parsed.value(), statement.updates);
    else
        statement.updates = updates_by_words(text, dialect);
}

}

int last_line_of(const Piece& piece) {
    return piece.line + static_cast<int>(std::count(piece.text.begin(), piece.text.end(), '\n'));
}

Statement understand(const Piece& piece, Dialect dialect) {
    Statement statement;
    statement.text = piece.text;
    statement.line = piece.line;
    statement.last_line = last_line_of(piece);
    statement.kind = kind_of(piece.text, dialect);
    std::string read = sys::is_too_large_sql(statement.text) ? with_few_literals(statement.text) : statement.text;
    auto parsed = sys::parse_sql(read, "");
    if (!parsed.ok()) {
        statement.refusal = parsed.error().message;
        statement.refusal_line = piece.line + std::max(parsed.error().place.line, 1) - 1;
        statement.is_too_large = sys::is_too_large_sql(read);
        auto older = in_older_words(read);
        if (older != read) parsed = sys::parse_sql(older, "");
        if (!parsed.ok()) {
            if (dialect != Dialect::postgres) read_other_words(read, dialect, statement);
            return statement;
        }
        read = std::move(older);
        statement.refusal.clear();
    }
    const Lines lines = [&](std::size_t offset) {
        const auto end = read.begin() + static_cast<std::ptrdiff_t>(std::min(offset, read.size()));
        return piece.line + static_cast<int>(std::count(read.begin(), end, '\n'));
    };
    statement.verb = Verb::other;
    if (!parsed.value().is_object() || parsed.value().empty()) return statement;
    const std::string key = parsed.value().begin().key();
    const Json& tree = *parsed.value().begin();
    for (const Row& row : rows) {
        if (row.tree != key) continue;
        statement.verb = row.verb;
        Reading reading{tree, lines, statement};
        row.read(reading);
    }
    if (statement.verb == Verb::create_function) return statement;
    statement.erases_within = holds_erasing(tree);
    add_updates(parsed.value(), statement.updates);
    return statement;
}

}
