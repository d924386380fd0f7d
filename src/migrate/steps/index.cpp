#include "migrate/steps/index.h"
#include "migrate/sql/statement.h"
#include "migrate/sql/tokens.h"
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

Result<void> drop_invalid_index(Database& database, const std::string& index) {
    sys::log_info(fmt::format("the index {} was left behind invalid; it is dropped and made again", index));
    TRY_VOID(asked(database.session(), "DROP INDEX CONCURRENTLY " + index, "the invalid index can't be dropped"));
    return {};
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
