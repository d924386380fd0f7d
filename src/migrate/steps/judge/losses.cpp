#include "migrate/steps/judge/losses.h"
#include "migrate/sql/body.h"
#include <fmt/format.h>

namespace fairlead::migrate {

std::vector<std::string> own_tables(const Database& database) {
    const auto name = database.table.shown();
    std::vector<std::string> own{name};
    if (database.keeps_golang()) own.push_back(name.substr(0, name.rfind('.') + 1) + "schema_migrations");
    return own;
}

std::string told_of_own(const Database& database, Own own) {
    const auto table = database.table.shown();
    return own == Own::is_guarded
               ? fmt::format("it puts a trigger on {}, or a rule, view or policy, which acts whenever "
                             "fairlead-migrate writes there",
                             table)
               : fmt::format("it changes {}, which only fairlead-migrate may write", table);
}

std::set<std::string> named_as_changed(const std::vector<Piece>& pieces, sql::Dialect dialect) {
    std::set<std::string> names;
    for (const Piece& piece : pieces) {
        if (piece.kind == "create" || piece.kind == "comment") continue; // what is written there runs later
        if (piece.kind != "do") {
            names.merge(sql::changed_in(piece.text, dialect));
            continue;
        }
        const auto body = sql::quoted_body(piece.text);
        auto of_body = sql::changed_in(body, dialect);
        for (const sql::Update& update : sql::updates_in(body))
            if (!update.has_where) of_body.erase(sql::lower_case(update.table.name));
        names.merge(of_body);
    }
    return names;
}

Result<std::unique_ptr<Losses>> watch_rows(Database& database) {
    return database.is_sqlite() ? sqlite_losses(database) : postgres_losses(database);
}

}
