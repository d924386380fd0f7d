#include "migrate/records/table.h"
#include "base/text.h"
#include <fmt/format.h>

namespace fairlead::migrate::records {

namespace {

using server::Engine;

constexpr int format_known = 1;
constexpr std::string_view format_row = "__format";

constexpr std::string_view columns =
    "version, name, kind, checksum, state, started_at, finished_at, duration_ms, applied_by, tool_version, git_sha, "
    "error, progress, direction, out_of_order, backup";

// A temporary table of the same name comes first where no schema is named.
std::string quoted(Engine engine, const std::string& schema, std::string_view name) {
    if (engine == Engine::sqlite) return "main." + server::quoted_name(name);
    if (schema.empty()) return server::quoted_name(name);
    return server::quoted_name(schema) + "." + server::quoted_name(name);
}

Result<sys::Answer> asked(sys::Session& session, const std::string& sql, const std::string& what) {
    auto answer = TRY(session.run(sql));
    if (answer.refusal) return refused(what, *answer.refusal);
    return answer;
}

std::string value(const std::vector<sys::Field>& row, std::size_t at) {
    return at < row.size() && row[at] ? *row[at] : std::string();
}

}

std::string literal(Engine engine, std::string_view text) {
    const auto doubled = replace_all(replace_all(to_valid_utf8(text), std::string_view("\0", 1), ""), "'", "''");
    if (engine == Engine::sqlite) return "'" + doubled + "'";
    return "E'" + replace_all(doubled, "\\", "\\\\") + "'";
}

bool is_migration(const Record& record) { return record.kind == "sql"; }

std::string Table::full() const { return quoted(engine_, schema_, name_); }
std::string Table::beside(std::string_view name) const { return quoted(engine_, schema_, name); }
std::string Table::now() const {
    return engine_ == Engine::sqlite ? "strftime('%Y-%m-%dT%H:%M:%fZ', 'now')" : "clock_timestamp()";
}

Error refused(const std::string& what, const sys::Refusal& refusal) {
    auto text = fmt::format("{}: {}", what, refusal.message);
    if (!refusal.code.empty()) text += fmt::format(" ({})", refusal.code);
    if (refusal.code == "42P01" || refusal.message.starts_with("no such table"))
        text += "; somebody has dropped it meanwhile: restore the table, or make it again: fairlead-migrate baseline "
                "VERSION, with the version that the database is at";
    return could_not(std::move(text));
}

std::string Table::as_text(std::string_view time) const {
    if (engine_ == Engine::sqlite) return std::string(time);
    return fmt::format("to_char({} AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.MS\"Z\"')", time);
}

Result<Table> Table::find(sys::Session& session, Engine engine, const std::string& name) {
    Table table;
    table.engine_ = engine;
    const auto dot = engine == Engine::sqlite ? name.npos : name.find('.');
    table.name_ = dot == name.npos ? name : name.substr(dot + 1);
    table.schema_is_named_ = dot != name.npos;
    if (table.schema_is_named_) table.schema_ = name.substr(0, dot);
    if (engine == Engine::postgres && (table.name_.empty() || table.name_.find('.') != name.npos || dot == 0))
        return usage(fmt::format("'{}' is not the name of a table; expected TABLE or SCHEMA.TABLE", name));
    const auto reading = "the table " + name + " can't be read";
    if (engine == Engine::sqlite) {
        const auto found = TRY(asked(
            session, "SELECT 1 FROM main.sqlite_master WHERE type = 'table' AND name = " + literal(engine, table.name_),
            reading));
        table.exists_ = !found.rows.empty();
    } else {
        const auto schema = table.schema_is_named_ ? literal(engine, table.schema_) : std::string("current_schema()");
        const auto found = TRY(asked(
            session,
            fmt::format("SELECT {0}, (SELECT 1 FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace "
                        "n ON n.oid = c.relnamespace WHERE n.nspname = {0} AND c.relname = {1}), EXISTS (SELECT 1 FROM "
                        "pg_catalog.pg_namespace WHERE nspname = {0}), (SELECT min(n.nspname::text) FROM "
                        "pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace "
                        "WHERE n.nspname = ANY(current_schemas(false)) AND c.relname = {1})",
                        schema, literal(engine, table.name_)),
            reading));
        if (found.rows.empty() || !found.rows[0][0])
            return usage("no schema of the search_path is there, so a table without a schema has no place; say "
                         "migrate.schema in fairlead.yml, or make the schema");
        table.schema_ = *found.rows[0][0];
        if (table.schema_.starts_with("pg_"))
            return usage(fmt::format("the table {} would be in the schema {}, which is the server's own and keeps "
                                     "nothing; say migrate.schema or migrate.table: SCHEMA.TABLE in fairlead.yml",
                                     table.name_, table.schema_));
        table.exists_ = found.rows[0][1].has_value();
        table.has_schema_ = found.rows[0][2] == "t";
        if (const auto& other = found.rows[0][3]; !table.exists_ && !table.schema_is_named_ && other)
            return usage(fmt::format(
                "the table {0} is in the schema {1}, but a new table would be made in {2}, which comes first in the "
                "search_path; say which table is meant: migrate.table: {1}.{0} (or {2}.{0}) in fairlead.yml",
                table.name_, *other, table.schema_));
    }
    if (!table.exists_) return table;
    const auto has = TRY(asked(
        session,
        engine == Engine::sqlite
            ? fmt::format("SELECT 1 FROM pragma_table_info({}) WHERE name = 'way_back'", literal(engine, table.name_))
            : fmt::format("SELECT 1 FROM pg_catalog.pg_attribute WHERE attrelid = to_regclass({}) "
                          "AND attname = 'way_back' AND NOT attisdropped",
                          literal(engine, table.full())),
        reading));
    table.has_way_back_ = !has.rows.empty();
    const auto format = TRY(
        asked(session, fmt::format("SELECT name FROM {} WHERE version = {}", table.full(), literal(engine, format_row)),
              reading));
    const auto known = format.rows.empty() ? 1 : parse_integer(value(format.rows[0], 0)).value_or(0);
    if (known > format_known)
        return could_not(fmt::format("the table {} was written by a newer fairlead-migrate (format {}, this version "
                                     "knows {}); use that version or a later version",
                                     table.shown(), known, format_known));
    return table;
}

Result<void> Table::make(sys::Session& session) {
    if (exists_ && !has_way_back_) { // of a version before 0.2; who may not change it goes on without
        const auto added = TRY(session.run(fmt::format("ALTER TABLE {} ADD COLUMN way_back char(64)", full())));
        has_way_back_ = !added.refusal;
    }
    if (exists_) return {};
    const bool is_sqlite = engine_ == Engine::sqlite;
    const std::string time = is_sqlite ? "text" : "timestamptz", flag = is_sqlite ? "integer" : "boolean";
    std::string sql = is_sqlite ? "BEGIN IMMEDIATE; " : "BEGIN; ";
    if (schema_is_named_) sql += fmt::format("CREATE SCHEMA IF NOT EXISTS {}; ", server::quoted_name(schema_));
    sql += fmt::format(
        "CREATE TABLE {0} (version text PRIMARY KEY, name text NOT NULL, kind text NOT NULL DEFAULT 'sql', "
        "checksum char(64), state text NOT NULL CHECK (state IN ('started', 'applied', 'failed', 'reverted', "
        "'baseline')), started_at {1}, finished_at {1}, duration_ms bigint, applied_by text, tool_version text, "
        "git_sha text, error text, progress bigint NOT NULL DEFAULT 0, direction text NOT NULL DEFAULT 'up', "
        "out_of_order {2} NOT NULL DEFAULT {3}, backup text, way_back char(64)); INSERT INTO {0} (version, name, kind, "
        "state) VALUES "
        "({4}, "
        "'{5}', 'format', 'applied'); COMMIT",
        full(), time, flag, is_sqlite ? "0" : "false", text(format_row), format_known);
    const auto answer = TRY(session.run(sql));
    if (answer.refusal) {
        TRY_VOID(session.run("ROLLBACK"));
        *this = TRY(find(session, engine_, schema_is_named_ ? schema_ + "." + name_ : name_));
        if (exists_) return {}; // another run has made it in this moment
        return refused(fmt::format("the table {} can't be made", shown()), *answer.refusal);
    }
    exists_ = has_way_back_ = true;
    return {};
}

Result<std::vector<Record>> Table::read(sys::Session& session) const {
    std::vector<Record> all;
    if (!exists_) return all;
    const auto answer = TRY(
        asked(session,
              fmt::format("SELECT version, name, kind, checksum, state, {}, {}, duration_ms, "
                          "applied_by, tool_version, git_sha, error, progress, direction, "
                          "CASE WHEN out_of_order THEN 1 ELSE 0 END, backup, {} FROM {} WHERE kind <> "
                          "'format'",
                          as_text("started_at"), as_text("finished_at"), has_way_back_ ? "way_back" : "NULL", full()),
              fmt::format("the table {} can't be read", shown())));
    for (const auto& row : answer.rows) {
        Record one;
        one.version = value(row, 0);
        one.name = value(row, 1);
        one.kind = value(row, 2);
        if (one.kind != "sql" && one.kind != "seed" && one.kind != "schema")
            return could_not(fmt::format("the table {} has version {} with the unknown kind '{}'; correct that row: "
                                         "sql for a migration, seed for a seed",
                                         shown(), one.version, one.kind));
        one.checksum = trim(value(row, 3));
        const auto state = state_named(value(row, 4));
        if (!state)
            return could_not(fmt::format("the table {} has version {} with the unknown state '{}'; correct that row",
                                         shown(), one.version, value(row, 4)));
        one.state = *state;
        one.started_at = value(row, 5);
        one.finished_at = value(row, 6);
        one.duration_ms = parse_integer(value(row, 7)).value_or(0);
        one.applied_by = value(row, 8);
        one.tool_version = value(row, 9);
        one.git_sha = value(row, 10);
        one.error = value(row, 11);
        one.progress = parse_integer(value(row, 12)).value_or(0);
        one.direction = value(row, 13);
        one.out_of_order = value(row, 14) == "1";
        one.backup = value(row, 15);
        one.way_back = trim(value(row, 16));
        all.push_back(std::move(one));
    }
    return all;
}

std::string Table::put(const Record& record, const std::string& started, const std::string& finished,
                       const std::string& duration) const {
    const auto or_null = [&](const std::string& value) { return value.empty() ? "NULL" : text(value); };
    const std::string yes = engine_ == Engine::sqlite ? "1" : "true", no = engine_ == Engine::sqlite ? "0" : "false";
    return fmt::format(
        "INSERT INTO {} ({}{}) VALUES ({}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}{})", full(),
        columns, has_way_back_ ? ", way_back" : "", text(record.version), text(record.name), text(record.kind),
        or_null(record.checksum), text(name_of(record.state)), started, finished, duration, or_null(record.applied_by),
        or_null(record.tool_version), or_null(record.git_sha), or_null(record.error), record.progress,
        text(record.direction), record.out_of_order ? yes : no, or_null(record.backup),
        has_way_back_ ? ", " + or_null(record.way_back) : std::string());
}

std::string Table::is_as_known(const Record& known) const {
    auto sql = fmt::format("version = {} AND state = {}", text(known.version), text(name_of(known.state)));
    if (!known.started_at.empty()) // it was read, and not made by this run
        sql += fmt::format(" AND progress = {} AND checksum {} AND {} = {}", known.progress,
                           known.checksum.empty() ? "IS NULL" : "= " + text(known.checksum), as_text("started_at"),
                           text(known.started_at));
    return sql;
}

// One key twice: no transaction goes on behind that, in either engine, whoever wrote it.
std::string Table::refused_if(const std::string& condition) const {
    return fmt::format("INSERT INTO {} (version, name, state) SELECT '__fence', 'fence', 'applied' FROM (SELECT 1 AS "
                       "one UNION ALL SELECT 2) AS two WHERE {}",
                       full(), condition);
}

std::string Table::fence(const Record& known) const {
    return refused_if(fmt::format("NOT EXISTS (SELECT 1 FROM {} WHERE {})", full(), is_as_known(known)));
}

Result<std::string> Table::started_at(sys::Session& session, std::string_view version) const {
    const auto answer = TRY(asked(
        session, fmt::format("SELECT {} FROM {} WHERE version = {}", as_text("started_at"), full(), text(version)),
        fmt::format("the table {} can't be read", shown())));
    return answer.rows.empty() ? std::string() : value(answer.rows[0], 0);
}

Result<bool> Table::is_changed(sys::Session& session, std::string_view version, const Record* known) const {
    const auto where = known == nullptr ? "version = " + text(version) : is_as_known(*known);
    const auto answer = TRY(asked(session, fmt::format("SELECT 1 FROM {} WHERE {}", full(), where),
                                  fmt::format("the table {} can't be read", shown())));
    return answer.rows.empty() == (known != nullptr);
}

std::string Table::unless_changed(const Record* known) const {
    return known == nullptr ? "" : fmt::format("DELETE FROM {} WHERE {}; ", full(), is_as_known(*known));
}

std::string Table::put_applied(const Record& record, const Record* known) const {
    const auto first = unless_changed(known);
    if (engine_ == Engine::sqlite) {
        const auto begun = record.started_at.empty() ? now() : text(record.started_at);
        return first + put(record, begun, now(),
                           fmt::format("CAST(round((julianday('now') - julianday({})) * 86400000) AS integer)", begun));
    }
    return first + put(record, "now()", now(), "(extract(epoch FROM clock_timestamp() - now()) * 1000)::bigint");
}

std::string Table::put_started(const Record& record, const Record* known) const {
    return unless_changed(known) + put(record, now(), "NULL", "NULL");
}

std::string Table::put_as_is(const Record& record, const Record* known) const {
    return unless_changed(known) + put(record, record.started_at.empty() ? now() : text(record.started_at), now(),
                                       std::to_string(record.duration_ms));
}

std::string Table::progressed(const Record& known, std::int64_t statements, std::string_view checksum) const {
    auto then = known;
    then.progress = statements;
    then.checksum = checksum;
    return fmt::format("{}; UPDATE {} SET progress = {}, checksum = {} WHERE {}; {}", fence(known), full(), statements,
                       text(checksum), is_as_known(known), fence(then));
}

std::string Table::ended(const Record& known, State state, std::string_view error) const {
    const std::string took = engine_ == Engine::sqlite
                                 ? "CAST(round((julianday('now') - julianday(started_at)) * 86400000) AS integer)"
                                 : "(extract(epoch FROM clock_timestamp() - started_at) * 1000)::bigint";
    auto then = known;
    then.state = state;
    return fmt::format("UPDATE {} SET state = {}, finished_at = {}, duration_ms = {}, error = {} WHERE {}; {}", full(),
                       text(name_of(state)), now(), took, error.empty() ? "NULL" : text(error), is_as_known(known),
                       fence(then));
}

std::string Table::erased(const Record& known) const {
    return unless_changed(&known) +
           refused_if(fmt::format("EXISTS (SELECT 1 FROM {} WHERE version = {})", full(), text(known.version)));
}

std::string Table::forgotten(std::string_view version) const {
    return fmt::format("DELETE FROM {} WHERE version = {}", full(), text(version));
}

}
