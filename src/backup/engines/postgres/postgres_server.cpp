#include "backup/engines/postgres/postgres_parts.h"
#include "base/text.h"
#include "sys/database/postgres.h"
#include "sys/permit.h"
#include "sys/process/process.h"
#include <fmt/format.h>

namespace fairlead::backup::postgres {
namespace {

constexpr std::int64_t most_rows = 1'000'000, most_bytes = 128 << 20; // of a table that is counted while others wait

// Those of users, and not those that an extension brings. Rows of a partitioned table lie in its partitions.
constexpr const char* tables =
    "SELECT n.nspname, c.relname, c.reltuples::bigint, pg_relation_size(c.oid), "
    "quote_ident(n.nspname) || '.' || quote_ident(c.relname) FROM pg_class c JOIN pg_namespace n ON n.oid = "
    "c.relnamespace WHERE c.relkind = 'r' AND c.relpersistence <> 't' AND n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> "
    "'information_schema' AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = "
    "c.oid AND d.deptype = 'e') ORDER BY 1, 2";

constexpr const char* facts =
    "SELECT pg_encoding_to_char(d.encoding), d.datcollate, d.datctype, pg_get_userbyid(d.datdba), "
    "CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn() ELSE pg_current_wal_lsn() END, "
    "(SELECT count(*) FROM pg_largeobject_metadata), "
    "(SELECT count(*) FROM pg_class WHERE relkind = 'p'), (SELECT count(*) FROM pg_class WHERE relkind = 'f'), "
    "(SELECT count(*) FROM pg_class WHERE relkind = 'r' AND relpersistence = 'u'), pg_is_in_recovery() "
    "FROM pg_database d WHERE d.datname = current_database()";
constexpr const char* names_of_facts[] = {
    "encoding",           "collate",        "ctype",           "owner",       "lsn", "large_objects",
    "partitioned_tables", "foreign_tables", "unlogged_tables", "from_standby"};

constexpr const char* names_of_sorting[] = {"locale_provider", "locale", "icu_rules"};

// Who owns or may something in it: they have to be there before it can be restored.
constexpr const char* roles =
    "WITH acls AS (SELECT relacl AS acl FROM pg_class WHERE relnamespace >= 16384 OR relnamespace = "
    "'public'::regnamespace UNION ALL SELECT nspacl FROM pg_namespace WHERE oid >= 16384 OR nspname = 'public'), "
    "owners "
    "AS (SELECT relowner AS role FROM pg_class WHERE oid >= 16384 UNION SELECT nspowner FROM pg_namespace WHERE oid >= "
    "16384 UNION SELECT proowner FROM pg_proc WHERE oid >= 16384 UNION SELECT typowner FROM pg_type WHERE oid >= 16384 "
    "UNION SELECT (aclexplode(acl)).grantee FROM acls) SELECT r.rolname FROM owners JOIN pg_roles r ON r.oid = role "
    "WHERE r.rolname NOT LIKE 'pg\\_%' ORDER BY 1";

std::int64_t number(const sys::Field& field) { return parse_integer(field.value_or("0")).value_or(0); }

bool is_small(const std::vector<sys::Field>& row) {
    const auto estimate = number(row[2]), bytes = number(row[3]);
    return estimate >= 0 && bytes > 0 ? estimate < most_rows : bytes < most_bytes;
}

}

std::string quoted_name(std::string_view name) { return "\"" + replace_all(name, "\"", "\"\"") + "\""; }
std::string quoted_text(std::string_view text) {
    return " E'" + replace_all(replace_all(text, "\\", "\\\\"), "'", "\\'") + "'";
}

Result<Server> connect(const Address& address, const World& world, const std::string& database) {
    sys::Target target;
    target.url = address.url;
    target.ignores_variables = address.ignores_variables;
    target.database = database;
    target.writable = sys::may(sys::Act::change_database);
    target.application = "fairlead-backup host=" + sys::host_name().substr(0, 40);
    Server server;
    server.shown = TRY(sys::who_is_asked(target, world.variables)).shown();
    if (address.via.empty())
        server.session = TRY(sys::open_postgres(target));
    else
        server.session = TRY(open_by_psql(address, database, server.shown, world));
    // Rows that a policy hides would be missing: better a refusal.
    const auto answer = TRY(ask(server,
                                "SET row_security = off; SET lock_timeout = '30s'; SET statement_timeout = 0; SELECT "
                                "current_setting('server_version'), current_database()",
                                "it can't be queried"));
    server.version = answer.rows[0][0].value_or("");
    server.version = server.version.substr(0, server.version.find(' '));
    server.database = answer.rows[0][1].value_or("");
    server.major = major_of(server.version);
    return server;
}

Result<sys::Answer> ask(Server& server, const std::string& sql, const std::string& what) {
    auto answer = TRY(server.session->run(sql));
    if (!answer.refusal) return answer;
    const bool is_of_bytes = answer.refusal->message.find("invalid byte sequence") != std::string::npos; // SQL_ASCII
    return could_not(fmt::format("{}: {}: {}{}", server.shown, what, answer.refusal->message,
                                 is_of_bytes ? "; a name in it isn't UTF-8: rename it by psql with "
                                               "PGCLIENTENCODING=SQL_ASCII"
                                             : ""));
}

Result<std::vector<TableCount>> count_tables(Server& server, Counts counts) {
    const auto listed = TRY(ask(server, tables, "its tables can't be listed"));
    std::vector<TableCount> all;
    for (const auto& row : listed.rows) {
        TableCount table{row[0].value_or("") + "." + row[1].value_or(""),
                         static_cast<std::uint64_t>(std::max<std::int64_t>(number(row[2]), 0)), false};
        if (counts == Counts::of_all || is_small(row)) {
            const auto counted = TRY(ask(server, "SELECT count(*) FROM ONLY " + row[4].value_or(""),
                                         fmt::format("the rows of {} can't be counted; a backup needs a role that may "
                                                     "read all rows, also with row security",
                                                     table.name)));
            table.rows = static_cast<std::uint64_t>(number(counted.rows[0][0]));
            table.exact = true;
        }
        all.push_back(std::move(table));
    }
    return all;
}

Result<void> add_facts(Server& server, Part& part) {
    const auto told = TRY(ask(server, facts, "its properties can't be read"));
    for (std::size_t i = 0; i < std::size(names_of_facts); ++i)
        part.facts[names_of_facts[i]] = told.rows.empty() ? "" : told.rows[0].at(i).value_or("");
    if (server.major >= 15) { // since then each database has its own
        const auto provider = TRY(ask(
            server,
            fmt::format("SELECT datlocprovider, {}, {} FROM pg_database WHERE datname = current_database()",
                        server.major >= 17 ? "datlocale" : "daticulocale", server.major >= 16 ? "daticurules" : "NULL"),
            "its collation can't be read"));
        for (std::size_t i = 0; i < std::size(names_of_sorting); ++i)
            if (const auto& value = provider.rows.at(0).at(i)) part.facts[names_of_sorting[i]] = *value;
    }
    const auto extensions =
        TRY(ask(server, "SELECT extname, extversion FROM pg_extension ORDER BY 1", "its extensions can't be listed"));
    for (const auto& row : extensions.rows) part.extensions[row[0].value_or("")] = row[1].value_or("");
    const auto named = TRY(ask(server, roles, "its roles can't be listed"));
    std::string list;
    for (const auto& row : named.rows) list += (list.empty() ? "" : "\n") + row[0].value_or("");
    part.facts["roles"] = list;
    const auto settings = TRY(settings_of(server, server.database));
    part.facts["settings"] = write_settings(settings);
    part.database = server.database;
    part.server_version = server.version;
    return {};
}

}
