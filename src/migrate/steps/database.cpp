#include "migrate/steps/database.h"
#include "base/text.h"
#include "migrate/steps/reach.h"
#include "sys/clock.h"
#include "sys/digest.h"
#include "sys/fault.h"
#include "sys/files/beneath.h"
#include "sys/files/files.h"
#include "sys/files/log.h"
#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <fmt/format.h>

namespace fairlead::migrate {

namespace {

constexpr Milliseconds usual_lock_timeout{5'000};
constexpr std::string_view fingerprint_row = "__schema";

// Reads what the table and golang-migrate say. `Wanted::write`: the table is made and golang's word is written down.
enum class Wanted { read, write };

Result<void> read_records(Database& database, const Request& request, Wanted wanted) {
    auto& session = database.session();
    database.table = TRY(records::Table::find(session, database.address.engine, database.settings.table));
    if (!request.table.empty() && !database.table.has_schema())
        return usage(fmt::format("--table: the schema of '{}' is not there; correct it, or make the schema first",
                                 request.table));
    if (wanted == Wanted::write) TRY_VOID(database.table.make(session));
    for (auto& record : TRY(database.table.read(session))) {
        if (record.version == fingerprint_row)
            database.schema_fingerprint = record.checksum;
        else
            database.records.push_back(std::move(record));
    }
    // What is applied later is added while steps refer to these.
    database.records.reserve(2 * (database.records.size() + database.folder.all.size()) + 1);
    if (!database.keeps_golang()) return {};
    database.golang = TRY(records::read_golang(session, database.table));
    if (database.golang.dirty)
        return no(fmt::format("golang-migrate says that version {} is dirty: its migration failed halfway; look at the "
                              "database, correct it, then run: migrate force VERSION",
                              database.golang.version.value_or("?")));
    const auto changed = records::by_golang(database.golang, database.folder.all, database.records);
    std::string sql;
    for (const auto& record : changed) {
        sql += "; " + database.table.put_as_is(record, records::find(database.records, record.version));
        std::erase_if(database.records, [&](const auto& one) { return one.version == record.version; });
        database.records.push_back(record);
    }
    if (wanted == Wanted::read) return {};
    if (!database.golang.exists) sql += "; " + records::make_golang(database.table);
    if (sql.empty()) return {};
    TRY_VOID(asked(session, "BEGIN" + sql + "; COMMIT", "the state of golang-migrate can't be taken over"));
    if (!changed.empty())
        sys::log_info(fmt::format("{} of golang-migrate's migrations are taken over", changed.size()));
    return {};
}

// A way back without a way up is a mistake, unless the database knows that it went there: migrate/missing tells it.
Result<void> check_only_back(const Database& database) {
    for (const auto& fault : database.folder.only_back) {
        const auto* known = records::find(database.records, fault.only_back);
        if (!known || !(known->is_done() || known->is_open())) return fault.error;
    }
    return {};
}

// Only where somebody wrote an engine: without one the URL tells it.
Result<void> check_engine(const Place& place, const server::Address& address) {
    const auto written = place.section["engine"];
    const std::string_view engine = address.engine == server::Engine::sqlite ? "sqlite" : "postgres";
    if (!written.present() || written.text() == engine) return {};
    return written.error(fmt::format("migrate.engine is {}, and {} names a database of {}; correct one of the two",
                                     written.text(), address.source, engine));
}

Result<Database> files_of(const Place& place, const Request& request) {
    TRY_VOID(check_environment(place));
    Database database;
    database.settings = TRY(settings_of(place, request));
    database.dir = dir_of(place, database.settings);
    database.address = TRY(server::find_database(database.settings, place.variables));
    TRY_VOID(check_engine(place, database.address));
    if (database.is_sqlite() && !database.settings.schema.empty())
        return usage("migrate.schema: SQLite has no schemas; leave it out");
    database.folder = TRY(files::read_folder(database.dir, layout_of(database.settings), database.dialect()));
    return database;
}

// A tool that was killed leaves its server process at work: it may yet commit what we would do a second time.
Result<void> wait_for_the_dead(Database& database, const Request& request) {
    const auto key = server::lock_key(database.connection.identity.database, server::work_of(database.settings.table));
    const auto sql = fmt::format("SELECT pg_try_advisory_lock({})", key);
    const auto bits = static_cast<std::uint64_t>(key);
    const auto holder = fmt::format(
        "SELECT pid FROM pg_catalog.pg_locks WHERE locktype = 'advisory' AND granted AND objsubid = 1 AND "
        "classid = {} AND objid = {} AND database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = "
        "current_database())",
        bits >> 32U, bits & 0xffffffffU);
    std::string pid = "?";
    const auto until = sys::real_clock().steady() + request.wait_lock;
    for (bool is_told = false;;) {
        const auto answer = TRY(asked(database.session(), sql, "the lock can't be taken"));
        if (!answer.rows.empty() && answer.rows[0][0] == "t") return {};
        if (!is_told) {
            const auto held = TRY(asked(database.session(), holder, "the lock's holder can't be asked for"));
            if (!held.rows.empty()) pid = held.rows[0][0].value_or(pid);
            sys::log_info(fmt::format(
                "the server's process {} still runs a statement of a tool that is gone; waiting for its end", pid));
        }
        is_told = true;
        constexpr Milliseconds pause{200};
        if (!sys::real_clock().sleep(pause)) return could_not("interrupted while waiting; nothing was done");
        if (sys::real_clock().steady() >= until)
            return could_not(fmt::format("the server's process {} still runs a statement of a tool that is gone; wait "
                                         "for it, or end it there: SELECT pg_terminate_backend({})",
                                         pid, pid));
    }
}

}

Result<void> check_environment(const Place& place) {
    if (!place.environment.empty()) return {};
    const auto known = place.config.environments();
    if (known.empty()) return {};
    return usage(fmt::format("no environment is named; say --env, expected {}", one_of(known)));
}

Result<void> check_same_file(Database& database) {
    if (!database.connection.session || !database.session().has_moved()) return {};
    return could_not(fmt::format("somebody has renamed, replaced or deleted {} since this command opened it, and its "
                                 "changes are in the old file; look at both files, and run the command again",
                                 database.address.shown));
}

Result<sys::Answer> asked(sys::Session& session, const std::string& sql, std::string_view what) {
    auto answer = TRY(session.run(sql));
    if (!answer.refusal) return answer;
    const auto refusal = *answer.refusal;
    (void)session.run("ROLLBACK"); // where it began one
    return could_not(
        fmt::format("{}: {}{}", what, refusal.message, refusal.code.empty() ? "" : fmt::format(" ({})", refusal.code)));
}

Result<std::string> in_tree(const config::Config& config, const std::string& key, const std::string& path) {
    const auto folder = config.present() ? config.folder() : std::filesystem::current_path().string();
    const auto tree = TRY(sys::root_around(folder));
    const auto named = sys::named_by_tree(tree, folder, path, "keep it in this repository");
    if (!named.ok()) return usage(fmt::format("{}: {}", key, named.error().message));
    const auto real = tree.real(named->path);
    if (!real.ok()) return usage(fmt::format("{}: {}", key, real.error().message));
    return (tree.path() / real.value()).string();
}

Result<Settings> settings_of(const Place& place, const Request& request) {
    Settings settings;
    TRY_VOID(settings_rows().read(place.section, settings));
    // It takes its URL in argv only, where everybody reads it: we run its files and keep its table.
    if (settings.driver == "golang-migrate") settings.compat = settings.driver;
    if (!request.table.empty()) settings.table = request.table;
    if (!request.dir.empty())
        settings.dir = request.dir;
    else
        TRY(in_tree(place.config, "migrate.dir", settings.dir));
    if (request.statement_timeout.count() > 0) settings.statement_timeout = request.statement_timeout;
    if (!request.backup_first.empty()) settings.backup_first = request.backup_first;
    return settings;
}

std::string dir_of(const Place& place, const Settings& settings) {
    const bool is_of_file = place.config.present() && sys::Path(settings.dir).is_relative();
    const sys::Path folder = is_of_file ? sys::Path(place.config.folder()) / settings.dir : sys::Path(settings.dir);
    return folder.lexically_proximate(std::filesystem::current_path()).string();
}

files::Layout layout_of(const Settings& settings) {
    return settings.layout == "flyway" ? files::Layout::flyway : files::Layout::plain;
}

std::string session_settings(const Database& database) {
    if (database.is_sqlite()) return "PRAGMA foreign_keys = on";
    const auto& settings = database.settings;
    const auto lock = settings.lock_timeout.count() > 0 ? settings.lock_timeout : usual_lock_timeout;
    std::string sql =
        fmt::format("RESET SESSION AUTHORIZATION; RESET ROLE; RESET ALL; SET client_encoding = 'UTF8'; "
                    "SET standard_conforming_strings = on; SET lock_timeout = {}; SET statement_timeout = "
                    "{}; SET idle_in_transaction_session_timeout = 60000",
                    lock.count(), settings.statement_timeout.count());
    // Else a server goes on with what nobody waits for any more.
    if (database.connection.identity.major >= 14) sql += "; SET client_connection_check_interval = 1000";
    if (settings.schema.empty()) return sql;
    std::vector<std::string> schemas;
    for (const auto& schema : split(settings.schema, ','))
        schemas.push_back(server::quoted_name(trim(std::string_view(schema))));
    return sql + "; SET search_path = " + join(schemas, ", ");
}

Result<Database> look(const Place& place, const Request& request, server::Makes makes) {
    auto database = TRY(files_of(place, request));
    TRY_VOID(server::check_there(database.address, makes, place.is_production()));
    if (server::is_absent(database.address)) {
        TRY_VOID(check_only_back(database));
        return database;
    }
    server::Wanted wanted;
    wanted.application = server::application(place.variables);
    wanted.writable = false;
    database.connection = TRY(place.connect(database.address, wanted));
    database.session().guard = refusal_of;
    TRY_VOID(asked(database.session(), session_settings(database), "the session can't be set up"));
    TRY_VOID(read_records(database, request, Wanted::read));
    TRY_VOID(check_only_back(database));
    return database;
}

Result<Database> take(const Place& place, const Request& request) {
    auto database = TRY(files_of(place, request));
    if (place.is_production()) TRY_VOID(server::check_there(database.address, server::Makes::nothing, true));
    server::Wanted wanted;
    wanted.application = server::application(place.variables);
    wanted.create = true;
    server::Request locking;
    locking.table = database.settings.table;
    locking.wait = request.wait_lock;
    locking.application = wanted.application;
    locking.tell = [](const std::string& what) { sys::log_info(what); };
    auto lock = TRY(server::take_lock(database.address, locking));
    database.lock.emplace(std::move(lock));
    sys::fault_point("locked");
    // It may have been renamed or deleted while the lock was waited for.
    if (place.is_production()) TRY_VOID(server::check_there(database.address, server::Makes::nothing, true));
    wanted.create = !place.is_production();
    database.connection = TRY(place.connect(database.address, wanted));
    database.session().heard = [](std::string_view what) { sys::log_info(what); };
    database.session().guard = refusal_of;
    TRY_VOID(asked(database.session(), session_settings(database), "the session can't be set up"));
    if (!database.is_sqlite() && !server::are_locks_off()) TRY_VOID(wait_for_the_dead(database, request));
    TRY_VOID(read_records(database, request, Wanted::write));
    TRY_VOID(check_only_back(database));
    sys::fault_point("read");
    return database;
}

Result<std::string> schema_fingerprint(Database& database) {
    const auto& name = database.settings.table;
    const auto bare = records::literal(database.address.engine, name.substr(name.find('.') + 1));
    const auto sql =
        database.is_sqlite()
            ? fmt::format(
                  "SELECT type, name, sql FROM main.sqlite_master WHERE tbl_name NOT IN ({}, 'schema_migrations') AND "
                  "name NOT LIKE 'sqlite_%' ORDER BY 1, 2",
                  bare)
            : fmt::format(
                  "SELECT n.nspname, c.relname, CASE WHEN EXISTS (SELECT FROM pg_catalog.pg_index i WHERE i.indexrelid "
                  "= "
                  "c.oid AND NOT i.indisvalid) THEN 'invalid' ELSE c.relkind::text END, a.attname, "
                  "pg_catalog.format_type(a.atttypid, "
                  "a.atttypmod), a.attnotnull FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = "
                  "c.relnamespace LEFT JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND "
                  "NOT a.attisdropped WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema' AND "
                  "c.relkind IN ('r', 'p', 'v', 'm', 'i', 'S', 'f') AND c.relname NOT IN ({0}, {0} || '_pkey', "
                  "'schema_migrations', 'schema_migrations_pkey') ORDER BY 1, 2, a.attnum",
                  bare);
    const auto answer = TRY(asked(database.session(), sql, "the list of tables can't be read"));
    std::string all;
    for (const auto& row : answer.rows) {
        for (const auto& field : row) all += field.value_or("") + '\0';
        all += '\n';
    }
    return sys::sha256(all);
}

}
