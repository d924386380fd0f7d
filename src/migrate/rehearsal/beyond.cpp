#include "migrate/rehearsal/beyond.h"
#include "base/text.h"
#include "base/words.h"
#include "migrate/sql/body.h"
#include "migrate/sql/destroys.h"
#include "migrate/sql/statement.h"
#include "migrate/steps/pieces.h"
#include "migrate/steps/reach.h"
#include "sys/files/log.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::migrate::rehearsal {
namespace {

using Verb = sql::Statement::Verb;

// Of the whole server: what one database does to the others, and to those who follow it.
constexpr std::string_view functions_of_server[] = {"pg_create_physical_replication_slot",
                                                    "pg_create_logical_replication_slot",
                                                    "pg_copy_physical_replication_slot",
                                                    "pg_copy_logical_replication_slot",
                                                    "pg_replication_slot_advance",
                                                    "pg_replication_origin_create",
                                                    "pg_replication_origin_drop",
                                                    "pg_terminate_backend",
                                                    "pg_cancel_backend",
                                                    "pg_reload_conf",
                                                    "pg_rotate_logfile",
                                                    "pg_switch_wal",
                                                    "pg_promote",
                                                    "pg_create_restore_point",
                                                    "pg_wal_replay_pause",
                                                    "pg_stat_reset_shared"};
// That read or write what is elsewhere, by a program, a file or a connection.
constexpr std::string_view extensions[] = {"dblink", "file_fdw", "postgres_fdw", "adminpack"};

// By the functions that it calls or makes, and by the names in what makes a way to others.
bool calls_out(const sql::Statement& statement) {
    auto names = sql::called_in(statement.text);
    const auto add = [&](std::vector<sql::Name> more) { names.insert(names.end(), more.begin(), more.end()); };
    if (statement.verb == Verb::block || statement.verb == Verb::create_function)
        add(sql::called_in(sql::quoted_body(statement.text)));
    constexpr std::string_view makers[] = {"create operator", "create aggregate", "create cast", "create server"};
    if (is_one_of(makers, statement.kind)) add(sql::names_in(statement.text));
    return std::any_of(names.begin(), names.end(), [](const sql::Name& one) {
        const auto* known = sql::server_function(one.name);
        return (known && known->reaches_out) || is_one_of(functions_of_server, one.name) ||
               is_one_of(extensions, one.name);
    });
}

bool leaves(const sql::Statement& statement) {
    constexpr Verb verbs[] = {Verb::role, Verb::create_database, Verb::drop_database, Verb::alter_system,
                              Verb::tablespace};
    if (std::find(std::begin(verbs), std::end(verbs), statement.verb) != std::end(verbs)) return true;
    if (calls_out(statement) || sql::makes_way_out(statement)) return true;
    if (statement.verb == Verb::create_extension) return is_one_of(extensions, statement.name);
    if (statement.kind == "drop owned" || statement.kind == "reassign") return true; // rights on databases, and theirs
    constexpr std::string_view shared[] = {"database", "role", "tablespace", "parameter_acl"};
    if (statement.verb == Verb::comment || statement.verb == Verb::grant) return is_one_of(shared, statement.object);
    if (statement.verb == Verb::copy)
        return statement.object == "program" || (statement.object == "file" && !statement.from);
    constexpr std::string_view objects[] = {"role", "user", "group", "database", "subscription", "tablespace"};
    return std::any_of(std::begin(objects), std::end(objects), [&](std::string_view object) {
        for (const char* act : {"create ", "alter ", "drop "})
            if (statement.kind == std::string(act).append(object)) return true;
        return false;
    });
}

}

Result<void> tell_of_rights(const Database& database) {
    if (database.is_sqlite()) return {};
    constexpr const char* rights =
        "SELECT r.rolname, concat_ws(', ', CASE WHEN r.rolsuper THEN 'is a superuser' END, CASE WHEN r.rolcreaterole "
        "AND NOT r.rolsuper THEN 'has CREATEROLE' END, CASE WHEN r.rolreplication AND NOT r.rolsuper THEN 'has "
        "REPLICATION' END, (SELECT 'is a member of ' "
        "|| string_agg(g.rolname, ', ' ORDER BY g.rolname) FROM pg_catalog.pg_roles g WHERE NOT r.rolsuper AND "
        "g.rolname IN ('pg_execute_server_program', 'pg_write_server_files') AND pg_has_role(r.oid, g.oid, 'MEMBER'))) "
        "FROM pg_catalog.pg_roles r WHERE r.rolname = current_user";
    const auto answer = TRY(asked(*database.connection.session, rights, "the role can't be looked at"));
    const auto rights_of = answer.rows.empty() ? std::string() : answer.rows[0][1].value_or("");
    if (rights_of.empty()) return {};
    sys::log_warning(fmt::format("the role {} {}: with that right DO, a function or an extension can change the server "
                                 "itself, not only the clone, and the text of a migration doesn't show all of it; "
                                 "rehearse as a role that has CREATEDB, owns the tables and has no other right",
                                 answer.rows[0][0].value_or(""), rights_of));
    return {};
}

Result<Shared> shared_by_all(const Database& database) {
    if (database.is_sqlite()) return Shared{};
    constexpr const char* all =
        "SELECT 'role ' || rolname, concat_ws(' ', rolsuper, rolcreaterole, rolcreatedb, rolcanlogin, rolreplication, "
        "rolbypassrls, rolconnlimit, rolvaliduntil) FROM pg_catalog.pg_roles UNION ALL "
        "SELECT 'role ' || member::regrole || ' in ' || roleid::regrole, string_agg(admin_option::text, ' ') FROM "
        "pg_catalog.pg_auth_members GROUP BY member, roleid UNION ALL "
        "SELECT 'settings of ' || concat_ws(' in ', r.rolname, d.datname), s.setconfig::text FROM "
        "pg_catalog.pg_db_role_setting s LEFT JOIN pg_catalog.pg_roles r ON r.oid = s.setrole LEFT JOIN "
        "pg_catalog.pg_database d ON d.oid = s.setdatabase WHERE d.datname IS DISTINCT FROM current_database() UNION "
        "ALL SELECT 'tablespace ' || spcname, coalesce(spcacl::text, '') FROM pg_catalog.pg_tablespace UNION ALL "
        "SELECT 'replication slot ' || slot_name, '' FROM pg_catalog.pg_replication_slots WHERE NOT temporary UNION "
        "ALL SELECT 'database ' || datname, concat_ws(' ', datacl, datconnlimit, datallowconn, "
        "shobj_description(oid, 'pg_database')) FROM pg_catalog.pg_database WHERE datname <> current_database()";
    const auto answer =
        TRY(asked(*database.connection.session, all, "the objects that the databases share can't be listed"));
    Shared shared;
    for (const auto& row : answer.rows) shared[row[0].value_or("")] = row[1].value_or("");
    return shared;
}

std::vector<std::string> changed_since(const Shared& before, const Shared& now) {
    std::vector<std::string> names;
    const auto counts = [](const std::string& name) { return !name.starts_with("database "); };
    for (const auto& [name, text] : now) {
        const auto old = before.find(name);
        if (old == before.end() ? counts(name) : old->second != text) names.push_back(name);
    }
    for (const auto& [name, text] : before)
        if (!now.contains(name) && counts(name)) names.push_back(name);
    return names;
}

Result<void> check_stays_within(const std::vector<const files::Script*>& scripts, const Database& database) {
    const auto beyond = [](const files::Script& script, int line, std::string_view what) {
        return no(
            fmt::format(
                "{} reaches beyond the database, so a rehearsal would change the real thing; nothing was done; do it "
                "by hand, or by fairlead-migrate create (databases, migrate.roles), or rehearse without this migration",
                what),
            {script.path, line, 0, ""});
    };
    const auto reached = TRY(reaches(database, scripts));
    for (std::size_t i = 0; i < scripts.size(); ++i) {
        const auto dialect = database.dialect();
        for (const Piece& piece : TRY(pieces_of(*scripts[i], dialect))) {
            const bool is_reached = std::any_of(reached[i].begin(), reached[i].end(),
                                                [&](const Reached& one) { return one.line == piece.line; });
            const bool leads_out = !database.is_sqlite() && leaves(sql::understand({piece.text, piece.line, false}));
            if (is_reached || leads_out) return beyond(*scripts[i], piece.line, sql::kind_of(piece.text, dialect));
        }
    }
    return {};
}

}
