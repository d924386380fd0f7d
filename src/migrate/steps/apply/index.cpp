#include "migrate/steps/apply/index.h"
#include "migrate/sql/statement.h"
#include "migrate/sql/tokens.h"
#include "sys/fault.h"
#include "sys/files/log.h"
#include <fmt/format.h>

namespace fairlead::migrate {

Result<std::string> passed_over(Database& database, const Piece& piece) {
    if (!piece.is_postgres || piece.kind != "create") return std::string();
    const auto statement = sql::understand({piece.text, piece.line, false});
    if (statement.verb != sql::Statement::Verb::create_index || !statement.guarded || statement.name.empty() ||
        statement.tables.empty())
        return std::string();
    const auto literal = [](std::string_view text) { return records::literal(server::Engine::postgres, text); };
    const auto& table = statement.tables.front();
    const auto full =
        (table.schema.empty() ? "" : server::quoted_name(table.schema) + ".") + server::quoted_name(table.name);
    const auto answer = TRY(
        asked(database.session(),
              fmt::format(
                  "SELECT format('%I.%I', n.nspname, c.relname) FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class c "
                  "ON c.oid = i.indexrelid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE NOT "
                  "i.indisvalid AND c.relkind = 'i' AND c.relname = {} AND i.indrelid = to_regclass({})",
                  literal(statement.name), literal(full)),
              "the index can't be looked up"));
    return answer.rows.empty() ? std::string() : answer.rows[0][0].value_or("");
}

namespace {

// Its table, as long as it is invalid.
Result<std::string> table_of_invalid(Database& database, const std::string& index) {
    const auto answer =
        TRY(asked(database.session(),
                  fmt::format("SELECT format('%I.%I', n.nspname, c.relname) FROM pg_catalog.pg_index i JOIN "
                              "pg_catalog.pg_class c ON c.oid = i.indrelid JOIN pg_catalog.pg_namespace n ON n.oid = "
                              "c.relnamespace WHERE NOT i.indisvalid AND i.indexrelid = to_regclass({})",
                              records::literal(server::Engine::postgres, index)),
                  "the index can't be looked up"));
    return answer.rows.empty() ? std::string() : answer.rows[0][0].value_or("");
}

}

// Whoever builds an index CONCURRENTLY, or cleans the table up, holds this lock until the end.
Result<bool> drop_invalid_index(Database& database, const std::string& index) {
    const auto table = TRY(table_of_invalid(database, index));
    if (table.empty()) return false;
    sys::fault_point("index-invalid");
    auto& session = database.session();
    const auto locked =
        TRY(session.run(fmt::format("BEGIN READ WRITE; LOCK TABLE {} IN SHARE UPDATE EXCLUSIVE MODE NOWAIT", table)));
    if (locked.refusal) {
        TRY_VOID(session.run("ROLLBACK"));
        return could_not(fmt::format(
            "the index {} is invalid, and somebody works on its table {} (builds an index or runs VACUUM): {}; run the "
            "command again when that has ended; if the index is still invalid then, run: DROP INDEX CONCURRENTLY {}",
            index, table, locked.refusal->message, index));
    }
    if (TRY(table_of_invalid(database, index)).empty()) {
        TRY_VOID(session.run("ROLLBACK"));
        return false;
    }
    TRY_VOID(asked(session, fmt::format("DROP INDEX {}; COMMIT", index), "the invalid index can't be dropped"));
    return true;
}

Result<bool> drop_to_make_again(Database& database, const std::string& index) {
    const bool dropped = TRY(drop_invalid_index(database, index));
    if (dropped)
        sys::log_info(fmt::format("an earlier run left the index {} invalid; it is dropped and made again", index));
    return dropped;
}

Result<std::vector<std::string>> invalid_indexes(Database& database, const files::Script& script) {
    std::vector<std::string> all;
    if (database.is_sqlite()) return all;
    std::string tables;
    for (const Piece& piece : TRY(pieces_of(script, database.dialect()))) {
        const auto statement = sql::understand({piece.text, piece.line, false});
        if (statement.verb != sql::Statement::Verb::create_index && statement.verb != sql::Statement::Verb::reindex)
            continue;
        for (const auto& table : statement.tables) {
            const auto full = table.schema.empty()
                                  ? server::quoted_name(table.name)
                                  : server::quoted_name(table.schema) + "." + server::quoted_name(table.name);
            tables += fmt::format("{}to_regclass({})", tables.empty() ? "" : ", ",
                                  records::literal(server::Engine::postgres, full));
        }
    }
    if (tables.empty()) return all;
    const auto answer = TRY(
        asked(database.session(),
              fmt::format(
                  "SELECT format('%I.%I', n.nspname, c.relname) FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class c "
                  "ON c.oid = i.indexrelid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE NOT "
                  "i.indisvalid AND c.relkind = 'i' AND (i.indrelid IN ({0}) OR i.indexrelid IN ({0})) ORDER BY 1",
                  tables),
              "invalid indexes can't be looked up"));
    for (const auto& row : answer.rows) all.push_back(row[0].value_or(""));
    return all;
}

}
