#include "backup/scrub.h"
#include "sys/database/session.h"
#include "sys/files/log.h"
#include <algorithm>
#include <fmt/format.h>
#include <iterator>

namespace fairlead::backup {
namespace {

Result<void> run(sys::Session& session, const std::string& sql, const std::string& what) {
    const auto answer = TRY(session.run(sql));
    if (!answer.refusal) return {};
    return no(fmt::format("{} was refused, and the data was not put in place: {}", what, answer.refusal->message));
}

bool says_no(const sys::Field& field) {
    constexpr std::string_view noes[] = {"", "f", "false"};
    if (!field || std::find(std::begin(noes), std::end(noes), *field) != std::end(noes)) return true;
    return field->find_first_not_of("-+.0") == field->npos; // 0.00
}

Result<std::string> one_value(sys::Session& session, const std::string& sql) {
    const auto answer = TRY(session.run(sql));
    if (answer.refusal) return could_not(answer.refusal->message);
    return answer.rows.empty() || answer.rows[0].empty() ? "" : answer.rows[0][0].value_or("");
}

// The transaction that a session is in, without making it one that writes.
constexpr const char* transaction =
    "SELECT virtualtransaction FROM pg_locks WHERE pid = pg_backend_pid() AND locktype = 'virtualxid'";
// Another value after rows or definitions were changed: PostgreSQL numbers a transaction when it first writes.
constexpr const char* writes_of_postgres =
    "SELECT count(*) FROM pg_locks WHERE pid = pg_backend_pid() AND locktype = 'transactionid'";
constexpr const char* writes_of_sqlite =
    "SELECT total_changes() || ' ' || (SELECT schema_version FROM pragma_schema_version)";

// They hold what was read when they were made; one that is read by another is the older one.
Result<void> refresh_views(sys::Session& session, const std::string& what) {
    const auto views = TRY(session.run("SELECT c.oid::regclass::text FROM pg_class c WHERE relkind = 'm' AND "
                                       "relispopulated ORDER BY c.oid"));
    for (const auto& row : views.rows) TRY_VOID(run(session, "REFRESH MATERIALIZED VIEW " + row[0].value_or(""), what));
    return {};
}

}

Result<void> check_profiles(const Place& place, const Manifest& manifest, const Request& request) {
    if (place.environment.empty()) {
        if (manifest.environment.empty() || !request.scrub.empty()) return {};
        const auto known = place.config.environments();
        if (std::find(known.begin(), known.end(), manifest.environment) != known.end())
            return usage(fmt::format("set {} is of {}; say where it goes: --env {}, or another environment and --scrub",
                                     manifest.id, manifest.environment, manifest.environment));
        sys::log_warning(fmt::format("set {} is from {}: the restore holds the personal data of that environment",
                                     manifest.id, manifest.environment));
        return {};
    }
    const auto into = place.config.profile(place.environment);
    if (!request.scrub.empty() && into == config::Profile::production)
        return usage(fmt::format("--scrub would put changed data into {}, which is production; restore without it, or "
                                 "into another environment",
                                 place.environment));
    if (manifest.environment.empty() || !request.scrub.empty()) return {};
    const auto of = place.config.profile(manifest.environment);
    if (into >= of) return {}; // development, staging, production
    return usage(fmt::format("set {} is from {} ({}), and {} is {}: the set's personal data doesn't belong there; say "
                             "--scrub and a file of SQL that makes it anonymous",
                             manifest.id, manifest.environment, config::name_of(of), place.environment,
                             config::name_of(into)));
}

Result<void> scrub(Restore& restore, const Part& part, const std::string& sql, const std::string& file) {
    const auto session = TRY(restore.session());
    const std::string what = fmt::format("'{}'", file);
    const bool is_postgres = part.engine == "postgres";
    TRY_VOID(run(*session, "BEGIN", what));
    const auto before = is_postgres ? TRY(one_value(*session, transaction)) : std::string();
    const std::string writes = is_postgres ? writes_of_postgres : writes_of_sqlite;
    const auto written_before = TRY(one_value(*session, writes));
    const auto ran = TRY(session->run(sql));
    if (ran.refusal)
        return no(fmt::format("{} was refused, and the data was not put in place: {}", what, ran.refusal->message));
    if (ran.done == 0) return no(fmt::format("{} has no statement, so nothing would be scrubbed", what));
    const auto after = is_postgres ? TRY(one_value(*session, transaction)) : std::string();
    if (before != after)
        return no(fmt::format(
            "{} ends the transaction that it runs in, and the data was not put in place; leave COMMIT and ROLLBACK out",
            what));
    const auto has_rows = [](const TableCount& one) { return one.rows > 0; };
    const auto written = TRY(one_value(*session, writes));
    if (written == written_before && std::any_of(part.tables.begin(), part.tables.end(), has_rows))
        return no(fmt::format("{} changed no row, so nothing was scrubbed, and the data was not put in place; check "
                              "which rows its WHERE finds",
                              what));
    if (is_postgres) TRY_VOID(refresh_views(*session, what));
    TRY_VOID(run(*session, "COMMIT", what));
    // What was overwritten lies in the files still, until they are written anew.
    return run(*session, is_postgres ? "VACUUM FULL" : "VACUUM", "VACUUM");
}

Result<void> ask_queries(Restore& restore, const Part& part, const std::vector<std::string>& queries) {
    if (queries.empty()) return {};
    const auto session = TRY(restore.session());
    return ask_queries(*session, part.engine == "postgres" ? Dialect::postgres : Dialect::sqlite, queries);
}

// They look: what one of them would change is refused or taken back, and none is two statements.
Result<void> ask_queries(sys::Session& session, Dialect dialect, const std::vector<std::string>& queries) {
    for (const auto& query : queries) {
        TRY_VOID(
            run(session, dialect == Dialect::postgres ? "BEGIN READ ONLY" : "PRAGMA query_only = on; BEGIN", "a look"));
        const auto answer = TRY(session.ask(query, {}));
        TRY(session.run("ROLLBACK"));
        if (answer.refusal) return no(fmt::format("query '{}' was refused: {}", query, answer.refusal->message));
        if (answer.rows.empty() || answer.rows[0].empty()) return no(fmt::format("query '{}' has no answer", query));
        if (says_no(answer.rows[0][0]))
            return no(fmt::format("query '{}' answers {}", query, answer.rows[0][0].value_or("NULL")));
    }
    return {};
}

}
