#include "migrate/rehearsal/beyond.h"
#include "migrate/sql/statement.h"
#include "migrate/steps/pieces.h"
#include "migrate/steps/reach.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::migrate::rehearsal {
namespace {

bool leaves(const sql::Statement& statement) {
    using Verb = sql::Statement::Verb;
    constexpr Verb verbs[] = {Verb::role, Verb::create_database, Verb::drop_database, Verb::alter_system,
                              Verb::tablespace};
    if (std::find(std::begin(verbs), std::end(verbs), statement.verb) != std::end(verbs)) return true;
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

Result<void> check_stays_within(const std::vector<const files::Script*>& scripts, const Database& database) {
    const auto beyond = [](const files::Script& script, int line, std::string_view what) {
        return no(fmt::format("{} reaches beyond the database, so that a rehearsal would do it in earnest; nothing was "
                              "done; make roles and databases by fairlead-migrate create (migrate.roles), or rehearse "
                              "without this migration",
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
